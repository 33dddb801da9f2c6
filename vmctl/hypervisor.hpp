// What a hypervisor must be able to do for us, and how it fails. Calls block; the supervisor makes
// them off the loop, one at a time.
#pragma once

#include "vmctl/domain_spec.hpp"
#include "vmctl/port_forwarding.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

enum class hypervisor_problem {
    unreachable,     // libvirt or VirtualBox is not installed, or its daemon cannot be started
    not_allowed,     // it runs, but not for this user
    no_emulator,     // no QEMU that libvirt can use
    no_accelerator,  // KVM or HVF was asked for and is not usable
    port_taken,      // the configured engine port belongs to something else
    taken,           // a VM of this name runs already, for another daemon
    not_now,         // something is in the way that the user can remove, and nothing was changed
    called_off,      // we were asked not to go on with it
    silent,          // the VM's process did not answer, and its power was cut
    refused,         // libvirt, QEMU or VirtualBox said no; their words are in the message
};

// what() is a sentence for the user: what failed and what to do about it.
class hypervisor_error : public std::runtime_error {
public:
    hypervisor_error(hypervisor_problem problem, const std::string& sentence)
        : std::runtime_error(sentence), problem_(problem)
    {
    }

    hypervisor_problem problem() const { return problem_; }

private:
    hypervisor_problem problem_;
};

// The sentence for each problem, in libvirt's case where it is one of its own. `subject` is the
// libvirt URI, the accelerator for no_accelerator, the port for port_taken, the domain for taken,
// or what was being done for the others; `detail` is what libvirt said, or the other's data disk
// for taken.
hypervisor_error describe(
    hypervisor_problem problem, std::string_view subject, std::string_view detail
);

enum class power {
    absent,  // no such domain
    off,
    saved,  // off, with its memory in a file
    on,     // running or paused
};

// Why a domain's power went off.
enum class stop_cause {
    shut_down,  // by the guest
    crashed,    // the guest panicked
    killed,     // QEMU ended without saying why: SIGKILL, out of memory, a fault of its own
    destroyed,  // somebody cut the power through libvirt
    silent,     // it did not answer any more, and we cut its power
    unknown,
};

// Completes "the VM …".
std::string_view to_string(stop_cause cause);

// Something happened that we may not have asked for. Only a hint: ask for the state.
struct domain_event {
    enum class kind {
        power_off,
        paused,           // by somebody
        resumed,          // it goes on
        disk_failed,      // paused, because its data disk could not be written
        connection_lost,  // to the hypervisor's daemon; the domain may live on
    };
    kind what = kind::power_off;
    stop_cause why = stop_cause::unknown;
    bool operator==(const domain_event&) const = default;
};

// How a running VM is reached, as the hypervisor itself knows it.
struct running_vm {
    std::uint16_t engine_port = 0;  // on 127.0.0.1
    std::uint16_t ssh_port = 0;
    int process_id = 0;                 // QEMU's; 0: unknown
    std::vector<config::share> shares;  // that it was started with
    bool operator==(const running_vm&) const = default;
};

// What became of a program in the guest.
struct guest_result {
    int status = 0;      // its exit status
    std::string output;  // the beginning of what it printed
    bool operator==(const guest_result&) const = default;
};

// One domain: a VM of libvirt's or VirtualBox's. Every call may throw hypervisor_error. A running
// VM's process is not waited for without an end: when it has not answered for a minute its power is
// cut, and the call throws `silent`.
class hypervisor {
public:
    virtual ~hypervisor() = default;

    // Throws `taken` when the domain runs and is another daemon's, as every call that follows would
    // hit the wrong VM.
    virtual power state() = 0;

    // Whether VMs like ours can be run that way, by this user. False for emulation: there is no
    // usable QEMU at all.
    virtual bool supports(accelerator way) = 0;

    // Defines the domain, in place of one of the same name whose power is off.
    virtual void define(const domain_spec& spec) = 0;

    // Switches the power of the defined domain on. Returns once the boot has begun. Memory that
    // libvirt may have saved of an earlier run is discarded: the disk has changed since.
    virtual running_vm power_on() = 0;

    // The VM that runs already, resumed if it was paused. Nothing: it was not made by us, or by a
    // version that made it otherwise, and has to be started anew.
    virtual std::optional<running_vm> adopt() = 0;

    // The saved VM, which goes on where it stood; its ports are others. Nothing: it is not the VM
    // that `spec` describes. After that, and after an error, it may still be saved.
    virtual std::optional<running_vm> restore(const domain_spec& spec) = 0;

    // No error when nothing is saved.
    virtual void discard_saved() = 0;

    // The port of 127.0.0.1 that leads to `port` of the running VM; made if there is none.
    virtual std::uint16_t forward(const guest_port& port) = 0;

    // No error when there is none.
    virtual void end_forward(const guest_port& port) = 0;

    // Stops the running VM's processors. Its memory and connections stay. What is on the way to the
    // disk is written first, so the minute begins when `somebody_waits` is requested.
    virtual void pause(std::stop_token somebody_waits) = 0;

    // Lets a paused VM go on; no error when it is not paused, or off.
    virtual void resume() = 0;

    // Writes the running VM's memory to a file of the hypervisor's and ends it; takes seconds. When
    // it throws, the VM may still run. It throws `called_off` soon after `call_off` was requested,
    // unless it is too late for that; the minute begins then.
    virtual void save(std::stop_token call_off) = 0;

    // Gives the running guest this host's time. Throws as run_in_guest() does.
    virtual void set_guest_clock() = 0;

    // Whether the running guest's agent answers within `patience`. Throws when that cannot be found
    // out, as of a VM that stands still.
    virtual bool guest_listens(std::chrono::milliseconds patience) = 0;

    // Runs a program in the running guest and waits for its end, `patience` at most. Throws when
    // the guest has no agent, or none that answers in time; `called_off` when that is requested,
    // and then the program runs on.
    virtual guest_result run_in_guest(
        const std::vector<std::string>& command,
        std::chrono::milliseconds patience,
        std::stop_token call_off
    ) = 0;

    // The running VM's data disk has `size` from now on, which is more than it had. The guest sees
    // a larger disk with the same file system.
    virtual void resize_data_disk(config::byte_size size) = 0;

    // Presses the power button; the guest may take its time or ignore it. A paused one goes on
    // first. No error when it is off.
    virtual void ask_to_shut_down() = 0;

    // No error when it is off.
    virtual void cut_power() = 0;

    // Forgets a domain whose power is off; no error when there is none. Disks stay.
    virtual void undefine() = 0;

    // `observer` is called from any thread, from now on until another takes its place; the former
    // is not called any more once watch() has returned. An empty one ends it. Unlike the others,
    // this call does not block and may be made on any thread.
    virtual void watch(std::function<void(domain_event)> observer) = 0;

    // Lets go of the hypervisor's daemon, so that it may end when nobody needs it. No events come
    // until the next call, which connects again.
    virtual void disconnect() = 0;
};

}  // namespace vmctl
