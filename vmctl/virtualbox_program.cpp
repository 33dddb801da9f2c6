// Runs it as the disk tools are run, and takes its words apart.
#include "vmctl/virtualbox_program.hpp"

#include "vmctl/disk_tool.hpp"
#include "vmctl/virtualbox_words.hpp"

#include <utility>

namespace vmctl {

namespace {

// Thrown while it runs, which ends it.
struct out_of_time {};

struct no_longer_wanted {};

std::string last_line_of(std::string text)
{
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    text.erase(0, text.rfind('\n') + 1);
    return text;
}

}  // namespace

virtualbox_refusal::virtualbox_refusal(
    const std::string& doing, const std::string& words, std::string code
)
    : hypervisor_error(
          hypervisor_problem::refused, "VirtualBox could not " + doing + " (" + words + ")"
      ),
      code_(std::move(code))
{
}

virtualbox_silence::virtualbox_silence(const std::string& doing)
    : hypervisor_error(
          hypervisor_problem::refused,
          "could not " + doing +
              ": VBoxManage did not end in time; VirtualBox may have to be "
              "restarted"
      )
{
}

virtualbox_program::virtualbox_program(std::function<std::optional<std::filesystem::path>()> find)
    : find_(std::move(find))
{
}

std::string virtualbox_program::run(
    const std::string& doing,
    const std::vector<std::string>& arguments,
    std::chrono::milliseconds patience,
    const std::stop_token& call_off
) const
{
    const auto program = find_();
    if (!program)
        throw hypervisor_error(
            hypervisor_problem::unreachable,
            "VirtualBox is not installed: there is no VBoxManage; install it "
            "(https://www.virtualbox.org), or name an engine that runs elsewhere: engine.remote in "
            "the configuration, or --engine tcp://HOST:PORT or ssh://HOST"
        );
    const auto deadline = std::chrono::steady_clock::now() + patience;
    tool_call call;
    call.program = program->string();
    call.arguments = arguments;
    call.meanwhile = [&] {
        if (call_off.stop_requested()) throw no_longer_wanted();
        if (std::chrono::steady_clock::now() >= deadline) throw out_of_time();
    };
    tool_result result;
    try {
        result = run_tool(call);
    } catch (const out_of_time&) {
        throw virtualbox_silence(doing);
    } catch (const no_longer_wanted&) {
        throw describe(hypervisor_problem::called_off, doing, {});
    } catch (const storage_error& error) {
        throw hypervisor_error(hypervisor_problem::unreachable, error.what());
    }
    // Some failures do not reach its exit status (docker-machine has met one).
    auto words = complaint_in(result.errors);
    if (result.exit_code == 0 && words.empty()) return result.output;
    if (words.empty()) words = last_line_of(result.errors);
    if (words.empty()) words = "exit status " + std::to_string(result.exit_code);
    throw virtualbox_refusal(doing, words, code_in(result.errors).value_or(""));
}

}  // namespace vmctl
