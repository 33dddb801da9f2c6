// Decides when the VM is started and stopped and who is told. Pure: no clock, no I/O, no libvirt.
// The supervisor feeds it events and carries out the step it returns.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace vmctl {

// Where the VM is in its life.
//
//   absent    No domain is defined for the instance, as far as we know.
//   stopped   The domain exists and its power is off.
//   booting   From the first preparation on the host until the engine answers. Clients wait.
//   ready     The engine answers. Clients get a lease at once.
//   dozing    Going to sleep. Clients who arrive now wait: the supervisor calls it off, or, when it
//             is too late for that, wakes the VM once it sleeps.
//   paused    Its processors stand still; its memory and its connections are kept.
//   saved     Its memory is in a file, and there is no QEMU process. A start reads it.
//   waking    From paused, until the guest goes on. Clients wait.
//   stopping  The VM is being brought down, or the remains of a start that ended early are being
//             cleared away. Clients who arrive now wait: the VM comes back once it is down. This
//             is the only state in which the supervisor switches the power off (a VM that it
//             deletes may have been switched on by others), and only halted() and halt_failed()
//             leave it.
//   failed    The last start did not succeed, and failure() says why. As good as stopped: the next
//             request tries again.
//
// What each event does:
//
//               absent,stopped,failed  booting                ready           stopping
//   start       booting      [start]   -                      -               come back afterwards
//   booted      -                      ready                  -               -
//   boot_failed -                      stopping, then failed  -               -
//                                                     [stop]
//   stop        -                      stopping       [stop]  stopping [stop] do not come back
//   restart     booting      [start]   stopping, and come     (the same)      come back afterwards
//                                      back           [stop]
//   died        -                      -                      stopped         -
//   died_in_    -                      the first time: as     -               -
//     boot                             restart; the second:
//                                      as boot_failed
//   halted      -                      -                      -               booting [start],
//                                                                             failed or stopped
//   halt_failed -                      -                      -               failed
//
// removed: absent, from absent, stopped and failed; nothing otherwise.
//
// A stop that is asked for in state failed is [stop] too, for what is left of the VM may still run;
// afterwards the VM is stopped and the failure forgotten.
//
// Asleep, and on the way there and back:
//
//               ready          dozing           paused          saved    waking
//   sleep       dozing [doze]  -                dozing [doze],  -        -
//                                               to be saved
//   was_paused  paused         -                -               -        -
//   start       -              wake afterwards  waking [wake]   booting  -
//                                                               [start]
//   fell_       -              paused or saved, -               -        -
//     asleep                   then as start
//                              if that is due
//   stayed_up   -              ready            -               -        -
//   woke        -              -                -               -        ready
//   stayed_     -              -                -               -        paused
//     paused
//   died        stopped        stopped, then    stopped         -        booting
//                              as start if                               [start]
//                              that is due
//
// A start of a saved VM for which the host has no room is over with stayed_saved: booting, then
// saved.
//
// A stop is [stop] from each of these, and so is a restart, which comes back.
enum class vm_state {
    absent,
    stopped,
    booting,
    ready,
    dozing,
    paused,
    saved,
    waking,
    stopping,
    failed
};

inline constexpr std::array all_vm_states{
    vm_state::absent,
    vm_state::stopped,
    vm_state::booting,
    vm_state::ready,
    vm_state::dozing,
    vm_state::paused,
    vm_state::saved,
    vm_state::waking,
    vm_state::stopping,
    vm_state::failed};

std::string_view to_string(vm_state state);

// What the supervisor must do next.
enum class vm_step {
    none,   // nothing: only the bookkeeping changed
    start,  // bring the VM up, then report booted() or boot_failed()
    doze,   // bring it to sleep, then report fell_asleep(), stayed_up() or died()
    wake,   // let it go on, then report woke(), stayed_paused() or died()
    stop,   // end what runs of the others, see that the power is off, then report halted()
};

// From light to deep. Of a VM that is off only its disk is left: for the lifecycle that is a stop.
enum class sleep_depth { awake, paused, saved, off };

class lifecycle {
public:
    vm_state state() const { return state_; }

    // Why the last start failed; empty once a later one has begun.
    const std::string& failure() const { return failure_; }

    // The domain as it was found when the daemon came up. Ignored when something has happened
    // meanwhile. A VM that runs is brought to ready like one that boots.
    vm_step found_absent();
    vm_step found_off();
    vm_step found_saved();
    vm_step found_running();
    void examination_failed(std::string reason);

    // Somebody needs the VM: a client, or `gangway up`.
    vm_step start_requested();

    vm_step stop_requested();
    vm_step restart_requested();

    void booted();
    vm_step boot_failed(std::string reason);

    // To be paused or saved.
    vm_step sleep_requested(sleep_depth depth);
    vm_step fell_asleep(sleep_depth depth);
    void stayed_up();

    // By somebody else, while it was ready.
    void was_paused();

    void woke();
    // It could not be let go on.
    void stayed_paused();

    // Its start could not read what was saved, which is still there: another may.
    void stayed_saved();

    // The power of a VM went off, not during a boot, and we had not asked for it.
    vm_step died();

    // It went off during a boot. A kernel may die in its first seconds for no lasting reason (seen
    // under emulation, in code that patches itself), so the VM gets one more try before its clients
    // are told `reason`.
    vm_step died_in_boot(std::string reason);

    // The stop step is done: no boot runs and the power is off.
    vm_step halted();

    // False, and nothing happens, unless its power is off and nothing is to be gone on with.
    bool removed();

    // The stop step could not be done. What the VM does now is unknown; the next start finds out.
    void halt_failed(std::string reason);

private:
    vm_step begin_boot();
    vm_step begin_stop(bool come_back);

    vm_state state_ = vm_state::absent;
    bool examined_ = false;   // the first look at the domain is over, or came too late to matter
    bool come_back_ = false;  // while stopping or dozing: start again, or wake, afterwards
    bool died_once_ = false;  // during the boots that the same clients wait for
    std::string failure_;
};

}  // namespace vmctl
