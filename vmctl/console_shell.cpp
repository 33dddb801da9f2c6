// A loop around the dialogue.
#include "vmctl/console_shell.hpp"

#include "vmctl/console_dialogue.hpp"
#include "vmctl/console_line.hpp"

#include <memory>
#include <random>

namespace vmctl {
namespace {

using std::chrono::steady_clock;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr auto ask_again_after = 2s;
constexpr auto look_at_call_off_after = 50ms;

std::string new_token()
{
    std::random_device random;
    return std::to_string(random()) + "x" + std::to_string(random());
}

class conversation {
public:
    conversation(
        const std::filesystem::path& console,
        const std::string& command,
        const std::string& where,
        console_patience patience,
        const std::stop_token& call_off
    )
        : line_(connect_to_console(console)),
          dialogue_(command, new_token(), where),
          call_off_(call_off),
          answer_by_(steady_clock::now() + patience.to_answer),
          end_by_(steady_clock::now() + patience.to_end)
    {
    }

    guest_result run()
    {
        auto next_question = steady_clock::now();
        while (!dialogue_.result()) {
            const auto now = steady_clock::now();
            const bool over = now >= end_by_;
            if (over || call_off_.stop_requested()) interrupt();
            if (call_off_.stop_requested())
                throw describe(hypervisor_problem::called_off, console_doing, {});
            if (!dialogue_.answered() && (over || now >= answer_by_))
                console_is_silent("no shell answers; another program may have the console");
            if (over) refuse_console("it did not end in time");
            if (!dialogue_.answered() && now >= next_question) {
                to_type_ = dialogue_.question();
                next_question = now + ask_again_after;
            }
            to_type_ += dialogue_.receive(line_->exchange(to_type_, look_at_call_off_after));
        }
        return *dialogue_.result();
    }

private:
    // The command; what else may run there is not ours.
    void interrupt()
    {
        std::string end = "\x03";
        if (dialogue_.answered()) line_->exchange(end, look_at_call_off_after);
    }

    std::unique_ptr<console_line> line_;
    console_dialogue dialogue_;
    const std::stop_token& call_off_;
    const steady_clock::time_point answer_by_;
    const steady_clock::time_point end_by_;
    std::string to_type_;
};

}  // namespace

void refuse_console(const std::string& why)
{
    throw describe(hypervisor_problem::refused, console_doing, why);
}

void console_is_silent(const std::string& why)
{
    throw console_silent(
        hypervisor_problem::refused,
        describe(hypervisor_problem::refused, console_doing, why).what()
    );
}

guest_result run_on_console(
    const std::filesystem::path& console,
    const std::string& command,
    const std::string& where,
    console_patience patience,
    const std::stop_token& call_off
)
{
    if (command.size() > console_dialogue::longest_command)
        refuse_console("it is too long for a console");
    if (command.find('\n') != std::string::npos) refuse_console("it has more than one line");
    return conversation(console, command, where, patience, call_off).run();
}

}  // namespace vmctl
