// The verbs of hypervisor.hpp on VirtualBox (its manual:
// https://www.virtualbox.org/manual/ch08.html). Failures are told apart by code or by the VM's
// state, never by text.
#include "vmctl/virtualbox_hypervisor.hpp"

#include "vmctl/host_port.hpp"
#include "vmctl/share_list.hpp"
#include "vmctl/virtualbox_files.hpp"
#include "vmctl/virtualbox_watch.hpp"

#include <spdlog/spdlog.h>

#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace vmctl {

namespace {

guest_port own_port(std::uint16_t port)
{
    return {transport::tcp, guest_address, port};
}

class virtualbox_hypervisor final : public hypervisor {
public:
    virtualbox_hypervisor(virtualbox_places places, virtualbox_times times)
        : name_(places.name),
          files_(std::move(places.data_disk), std::move(places.folder)),
          domain_(std::move(places.name), virtualbox_program(std::move(places.program)), times),
          watch_([this](const std::stop_token& stop) { return domain_.state(stop); }, times.look)
    {
    }

    power state() override
    {
        auto machine = domain_.find();
        if (machine && machine->state == virtualbox_state::stuck) {
            spdlog::error("the VM has crashed (VirtualBox calls it a guru meditation)");
            cut_power();
            machine = domain_.find();
        }
        if (!machine) return power::absent;
        const bool saved = machine->state == virtualbox_state::saved;
        if (!saved && !has_power(machine->state)) return power::off;
        refuse_if_taken();
        watch_.saw(machine->state);
        return saved ? power::saved : power::on;
    }

    bool supports(accelerator way) override { return way == accelerator::virtualbox; }

    void define(const domain_spec& spec) override
    {
        if (spec.iso.empty())
            throw hypervisor_error(
                hypervisor_problem::refused,
                "VirtualBox boots the VM's image from a CD, and this image has no ISO; build the "
                "image again: appliance/build --output DIR"
            );
        remove_former();
        files_.describe_disk(domain_);
        for (const auto& command : commands_to_make(spec, files_.folder(), files_.descriptor()))
            domain_.change("make " + name_, command);
        for (const auto& command : commands_that_may_fail(spec)) domain_.try_to_change(command);
        serial_log_ = spec.serial_log;
        fixed_port_ = spec.engine_port;
    }

    running_vm power_on() override { return start("start " + name_); }

    std::optional<running_vm> adopt() override
    {
        virtualbox_watch::own_change ours(watch_);
        const auto notes = domain_.noted();
        if (!notes.contains(version_note)) return std::nullopt;
        return answering("take over " + name_, [&] {
            domain_.resume_if_paused();
            ours.leads_to(virtualbox_state::running);
            return look(notes);
        });
    }

    std::optional<running_vm> restore(const domain_spec& spec) override
    {
        const auto notes = domain_.noted();
        const auto made_of = notes.find(spec_note);
        if (made_of == notes.end() || made_of->second != virtualbox_fingerprint(spec))
            return std::nullopt;
        serial_log_ = spec.serial_log;
        fixed_port_ = spec.engine_port;
        return start("wake " + name_);
    }

    void discard_saved() override
    {
        if (domain_.state() == virtualbox_state::saved)
            domain_.change("discard what was saved of " + name_, {"discardstate", name_});
    }

    std::uint16_t forward(const guest_port& port) override
    {
        const auto doing = "forward a port of " + name_;
        return answering(doing, [&] {
            for (const auto& rule : domain_.existing().rules)
                if (rule.leads.guest == port) return rule.leads.host;
            // VirtualBox takes no port 0. Another program may be faster; a connection will tell.
            const auto host = free_host_port(port.protocol);
            if (domain_.control(doing, {"natpf1", forwarding_rule(host, port)})) return host;
            throw virtualbox_refusal(doing, "it is off", {});
        });
    }

    void end_forward(const guest_port& port) override
    {
        const auto doing = "end a forward of " + name_;
        answering(doing, [&] {
            for (const auto& rule : domain_.existing().rules)
                if (rule.leads.guest == port)
                    domain_.control(doing, {"natpf1", "delete", rule.name});
        });
    }

    void pause(std::stop_token) override
    {
        const auto doing = "pause " + name_;
        virtualbox_watch::own_change ours(watch_);
        answering(doing, [&] {
            if (domain_.existing().state != virtualbox_state::paused)
                domain_.control(doing, {"pause"});
        });
        ours.leads_to(virtualbox_state::paused);
    }

    void resume() override
    {
        virtualbox_watch::own_change ours(watch_);
        answering("resume " + name_, [&] {
            if (domain_.resume_if_paused()) ours.leads_to(virtualbox_state::running);
        });
    }

    // VirtualBox cannot be called off once it has begun, which takes seconds.
    void save(std::stop_token call_off) override
    {
        const auto doing = "save " + name_;
        if (call_off.stop_requested()) throw describe(hypervisor_problem::called_off, doing, {});
        virtualbox_watch::own_change ours(watch_);
        domain_.save(doing);
        ours.leads_to(virtualbox_state::saved);
    }

    void set_guest_clock() override { refuse_guest("set the guest's clock"); }

    bool guest_listens(std::chrono::milliseconds) override { refuse_guest("ask the guest"); }

    guest_result run_in_guest(
        const std::vector<std::string>& command, std::chrono::milliseconds, std::stop_token
    ) override
    {
        refuse_guest("run " + command.front() + " in the guest");
    }

    void resize_data_disk(config::byte_size) override
    {
        throw describe(
            hypervisor_problem::not_now,
            "make the disk of a VM in VirtualBox larger",
            "that needs it switched off: set vm.disk, and `gangway restart`"
        );
    }

    void ask_to_shut_down() override
    {
        const auto doing = "shut down " + name_;
        const auto ask = [&] {
            if (!has_power(domain_.state())) return;
            domain_.resume_if_paused();
            domain_.control(doing, {"acpipowerbutton"});
        };
        try {
            answering(doing, ask);
        } catch (const hypervisor_error& error) {
            // It is off.
            if (error.problem() != hypervisor_problem::silent) throw;
        }
    }

    void cut_power() override
    {
        virtualbox_watch::own_change ours(watch_);
        if (has_power(domain_.state())) domain_.control("switch off " + name_, {"poweroff"});
        ours.leads_to(virtualbox_state::off);
    }

    void undefine() override
    {
        remove_former();
        files_.remove_all();
    }

    void watch(std::function<void(domain_event)> observer) override
    {
        watch_.tell(std::move(observer));
    }

    void disconnect() override { watch_.rest(); }

private:
    // What is not ours is not to be switched off or replaced.
    void refuse_if_taken() const
    {
        const auto notes = domain_.noted();
        const auto disk = notes.find(disk_note);
        if (disk == notes.end()) refuse_stranger();
        if (disk->second != encoded_path(files_.data_disk().string()))
            throw describe(hypervisor_problem::taken, name_, decoded_path(disk->second));
    }

    [[noreturn]] void refuse_stranger() const
    {
        throw hypervisor_error(
            hypervisor_problem::taken,
            "there is a VM " + name_ +
                " in VirtualBox that Gangway has not made; give it another name there, or choose "
                "another instance"
        );
    }

    // What `call` gives, of a VM that runs. If VirtualBox does not answer, the VM's power is cut.
    template <class Call>
    std::invoke_result_t<const Call&> answering(const std::string& doing, const Call& call)
    {
        try {
            return call();
        } catch (const virtualbox_silence&) {
            spdlog::error("VirtualBox does not answer; the VM's power is cut");
            if (!domain_.cut_power_at_last()) throw;
        }
        throw hypervisor_error(
            hypervisor_problem::silent,
            "could not " + doing + ": VirtualBox did not answer, and the VM was switched off"
        );
    }

    // With what VirtualBox has of it, but for the disks, which it forgets. The power is off.
    void remove_former()
    {
        virtualbox_watch::own_change ours(watch_);
        if (domain_.find()) {
            if (!domain_.noted().contains(disk_note)) refuse_stranger();
            discard_saved();
            domain_.change("remove " + name_, {"unregistervm", name_});
        }
        files_.remove_vm(name_);
        ours.leads_to(virtualbox_state::off);
    }

    // Rules of an earlier run may keep a port that is another program's now.
    void renew_ports() const
    {
        const auto doing = "set the ports of " + name_;
        for (const auto& rule : domain_.existing().rules)
            domain_.change(doing, {"modifyvm", name_, "--natpf1", "delete", rule.name});
        if (fixed_port_ != 0 && port_is_taken(fixed_port_))
            throw describe(hypervisor_problem::port_taken, std::to_string(fixed_port_), {});
        const auto engine = fixed_port_ != 0 ? fixed_port_ : free_host_port(transport::tcp);
        auto ssh = free_host_port(transport::tcp);
        while (ssh == engine) ssh = free_host_port(transport::tcp);
        const auto add = [&](std::uint16_t host, std::uint16_t guest) {
            const auto rule = forwarding_rule(host, own_port(guest));
            domain_.change(doing, {"modifyvm", name_, "--natpf1", rule});
        };
        add(engine, guest_engine_port);
        add(ssh, guest_ssh_port);
    }

    running_vm start(const std::string& doing)
    {
        virtualbox_watch::own_change ours(watch_);
        renew_ports();
        // What an earlier boot has printed must not be taken for this one's.
        std::error_code none;
        std::filesystem::remove(serial_log_, none);
        try {
            domain_.start(doing);
        } catch (const virtualbox_refusal&) {
            // Another daemon may have been faster.
            if (has_power(domain_.state())) refuse_if_taken();
            throw;
        }
        ours.leads_to(virtualbox_state::running);
        if (auto running = look(domain_.noted())) return *running;
        throw virtualbox_refusal(doing, "it does not forward the VM's ports", {});
    }

    std::optional<running_vm> look(const virtualbox_domain::notes& notes) const
    {
        running_vm running;
        for (const auto& [name, leads] : domain_.existing().rules) {
            if (leads.guest == own_port(guest_engine_port)) running.engine_port = leads.host;
            if (leads.guest == own_port(guest_ssh_port)) running.ssh_port = leads.host;
        }
        if (running.engine_port == 0) return std::nullopt;
        if (const auto shares = notes.find(shares_note); shares != notes.end())
            running.shares = decoded_shares(shares->second);
        return running;
    }

    [[noreturn]] static void refuse_guest(const std::string& doing)
    {
        throw describe(hypervisor_problem::refused, doing, "its guest has no agent");
    }

    const std::string name_;
    const virtualbox_files files_;
    const virtualbox_domain domain_;
    std::filesystem::path serial_log_;  // of the VM that is started
    std::uint16_t fixed_port_ = 0;
    virtualbox_watch watch_;  // last: its thread uses the others
};

}  // namespace

std::unique_ptr<hypervisor> make_virtualbox_hypervisor(
    virtualbox_places places, virtualbox_times times
)
{
    return std::make_unique<virtualbox_hypervisor>(std::move(places), times);
}

}  // namespace vmctl
