// Which command is typed for what.
#include "vmctl/console_guest.hpp"

#include "vmctl/boot2docker_guest.hpp"
#include "vmctl/console_shell.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace vmctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono_literals::operator""s;

// Of a shell that is there, emulated on a busy machine. Somebody waits for the clock.
constexpr milliseconds usual_answer = 15s;
constexpr milliseconds clock_patience = 5s;
// To begin with the stop; once the command is typed, it is begun.
constexpr console_patience halt_patience = {5s, 20s};
// /etc/init.d/docker stop takes 30 seconds at most.
constexpr auto kind_stop = 40s;

// The programs have their names in common, and say why on stdout; sudo has things to say on stderr,
// as of a host name that it cannot look up.
std::string typed(const console_manners& manners, const std::vector<std::string>& command)
{
    const auto& path = command.front();
    auto line = manners.run + path.substr(path.rfind('/') + 1);
    for (auto argument = command.begin() + 1; argument != command.end(); ++argument)
        line += " " + shell_quoted(*argument);
    return line + " 2>/dev/null";
}

class console_guest final : public hypervisor {
public:
    console_guest(
        std::unique_ptr<hypervisor> host,
        std::filesystem::path serial_socket,
        console_manners manners
    )
        : host_(std::move(host)),
          serial_socket_(std::move(serial_socket)),
          manners_(std::move(manners))
    {
    }

    void set_guest_clock() override
    {
        const auto now = std::chrono::round<std::chrono::seconds>(
            std::chrono::system_clock::now().time_since_epoch()
        );
        const auto result =
            run("sudo date -u -s @" + std::to_string(now.count()), clock_patience, {});
        if (result.status != 0)
            throw describe(hypervisor_problem::refused, "set the guest's clock", result.output);
    }

    bool guest_listens(milliseconds patience) override
    {
        run(":", patience, {});
        return true;
    }

    guest_result run_in_guest(
        const std::vector<std::string>& command, milliseconds patience, std::stop_token call_off
    ) override
    {
        const auto& program = command.front();
        const bool unmounts = program.ends_with("/doze");
        const bool mounts = program.ends_with("/wake");
        // A guest that could not be asked to unmount them cannot be asked to mount them, either.
        if (mounts && !shares_may_be_gone_) return {};
        const bool were_gone = shares_may_be_gone_;
        try {
            if (unmounts) shares_may_be_gone_ = true;
            auto result = run(typed(manners_, command), patience, call_off);
            if (mounts && result.status == 0) shares_may_be_gone_ = false;
            return result;
        } catch (const console_silent&) {
            if (unmounts) shares_may_be_gone_ = were_gone;
            throw;
        }
    }

    void ask_to_shut_down() override
    {
        if (halts_since_ && steady_clock::now() < *halts_since_ + kind_stop) return;
        if (manners_.halts && !halts_since_ && listens_for_halt() && halt_kindly()) {
            halts_since_ = steady_clock::now();
            return;
        }
        host_->ask_to_shut_down();
    }

    running_vm power_on() override
    {
        halts_since_.reset();
        shares_may_be_gone_ = false;
        return host_->power_on();
    }

    std::optional<running_vm> adopt() override
    {
        halts_since_.reset();
        shares_may_be_gone_ = true;
        return host_->adopt();
    }

    std::optional<running_vm> restore(const domain_spec& spec) override
    {
        halts_since_.reset();
        shares_may_be_gone_ = true;
        return host_->restore(spec);
    }

    power state() override { return host_->state(); }

    bool supports(accelerator way) override { return host_->supports(way); }

    void define(const domain_spec& spec) override { host_->define(spec); }

    void discard_saved() override { host_->discard_saved(); }

    std::uint16_t forward(const guest_port& port) override { return host_->forward(port); }

    void end_forward(const guest_port& port) override { host_->end_forward(port); }

    void pause(std::stop_token somebody_waits) override { host_->pause(std::move(somebody_waits)); }

    void resume() override { host_->resume(); }

    void save(std::stop_token call_off) override { host_->save(std::move(call_off)); }

    void resize_data_disk(config::byte_size size) override { host_->resize_data_disk(size); }

    void cut_power() override { host_->cut_power(); }

    void undefine() override { host_->undefine(); }

    void watch(std::function<void(domain_event)> observer) override
    {
        host_->watch(std::move(observer));
    }

    void disconnect() override { host_->disconnect(); }

private:
    guest_result run(
        const std::string& line, milliseconds patience, const std::stop_token& call_off
    )
    {
        return run(line, console_patience{std::min(patience, usual_answer), patience}, call_off);
    }

    guest_result run(
        const std::string& line, console_patience patience, const std::stop_token& call_off
    )
    {
        return run_on_console(serial_socket_, line, manners_.where, patience, call_off);
    }

    // Its processors may stand still.
    bool listens_for_halt()
    {
        try {
            host_->resume();
            return true;
        } catch (const hypervisor_error& error) {
            spdlog::warn("the engine cannot be stopped first: {}", error.what());
            return false;
        }
    }

    // Whether the guest has begun to.
    bool halt_kindly()
    {
        try {
            const auto result = run(typed(manners_, {"halt"}), halt_patience, {});
            if (result.status == 0) return true;
            spdlog::warn("the engine cannot be stopped first: {}", result.output);
        } catch (const console_silent& error) {
            spdlog::warn("the engine cannot be stopped first: {}", error.what());
        } catch (const hypervisor_error& error) {
            // It was typed, and may be under way.
            spdlog::warn("whether the engine is being stopped is not known: {}", error.what());
            return true;
        }
        return false;
    }

    const std::unique_ptr<hypervisor> host_;
    const std::filesystem::path serial_socket_;
    const console_manners manners_;
    std::optional<steady_clock::time_point> halts_since_;
    bool shares_may_be_gone_ = true;  // unmounted by us, or by a daemon before
};

}  // namespace

console_manners manners_of_boot2docker()
{
    return {
        "[ -d /var/lib/boot2docker/gangway ] && [ ! -e /usr/lib/gangway ]",
        "sudo sh " + std::string(boot2docker_programs),
        true};
}

console_manners manners_of_appliance()
{
    return {"[ -x /usr/lib/gangway/doze ]", "sudo /usr/lib/gangway/", false};
}

std::unique_ptr<hypervisor> make_console_guest(
    std::unique_ptr<hypervisor> host, std::filesystem::path serial_socket, console_manners manners
)
{
    return std::make_unique<console_guest>(
        std::move(host), std::move(serial_socket), std::move(manners)
    );
}

}  // namespace vmctl
