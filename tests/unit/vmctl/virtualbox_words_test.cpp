// What VBoxManage prints, taken apart; and what the watch makes of two states.
#include "vmctl/virtualbox_words.hpp"

#include "vmctl/virtualbox_watch.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;

TEST_CASE("a VM's state and its forwarded ports are read, on Windows too")
{
    const auto text =
        "name=\"gangway-default\"\r\n"
        "VMState=\"running\"\r\n"
        "nic1=\"nat\"\r\n"
        "Forwarding(0)=\"gangway-tcp-10.0.2.15-22,tcp,127.0.0.1,40001,10.0.2.15,22\"\r\n"
        "Forwarding(1)=\"dns,udp,127.0.0.1,40002,127.0.0.1,53\"\r\n";
    const auto machine = parse_machine(text);
    REQUIRE(machine);
    CHECK(machine->state == virtualbox_state::running);
    CHECK(
        machine->rules ==
        std::vector<virtualbox_rule>{
            {"gangway-tcp-10.0.2.15-22", {40001, {transport::tcp, "10.0.2.15", 22}}},
            {"dns", {40002, {transport::udp, "127.0.0.1", 53}}}}
    );
}

TEST_CASE("what is not a rule of ours is left out, and text without a state is no VM")
{
    const auto machine = parse_machine(
        "VMState=\"poweroff\"\n"
        "Forwarding(0)=\"a,sctp,127.0.0.1,1,10.0.2.15,2\"\n"
        "Forwarding(1)=\"a,tcp,127.0.0.1,0,10.0.2.15,2\"\n"
        "Forwarding(2)=\"a,tcp,127.0.0.1,70000,10.0.2.15,2\"\n"
        "Forwarding(3)=\"a,b,c\"\n"
        "Forwarding(4)=\n"
    );
    REQUIRE(machine);
    CHECK(machine->rules.empty());
    CHECK_FALSE(parse_machine(""));
    CHECK_FALSE(parse_machine("name=\"x\"\nVMStateChangeTime=\"now\"\n"));
}

TEST_CASE("each state is known by its name, and what is not known has power")
{
    const auto [name, state, power] = GENERATE(table<const char*, virtualbox_state, bool>({
        {"poweroff", virtualbox_state::off, false},
        {"aborted", virtualbox_state::killed, false},
        {"saved", virtualbox_state::saved, false},
        {"aborted-saved", virtualbox_state::saved, false},
        {"running", virtualbox_state::running, true},
        {"paused", virtualbox_state::paused, true},
        {"gurumeditation", virtualbox_state::stuck, true},
        {"starting", virtualbox_state::other, true},
        {"saving", virtualbox_state::other, true},
        {"restoring", virtualbox_state::other, true},
        {"stopping", virtualbox_state::other, true},
    }));
    INFO(name);
    CHECK(state_called(name) == state);
    CHECK(has_power(state) == power);
}

TEST_CASE("notes may hold what looks like the end of their name")
{
    const auto notes = parse_extra_data(
        "Key: gangway/disk, Value: /a, Value: b\n"
        "Key: GUI/Fullscreen, Value: true\n"
        "Key: gangway/shares, Value: \n"
        "something else\n"
    );
    CHECK(
        notes ==
        std::map<std::string, std::string>{
            {"gangway/disk", "/a, Value: b"}, {"GUI/Fullscreen", "true"}, {"gangway/shares", ""}}
    );
}

TEST_CASE("a failure is its words and its code, without what is for programmers")
{
    const auto errors =
        "0%...10%...FAILED\r\n"
        "VBoxManage.exe: error: Failed to open a session\r\n"
        "VBoxManage.exe: error: VT-x is not available (VERR_VMX_NO_VMX)\r\n"
        "VBoxManage.exe: error: Details: code E_FAIL (0x80004005), component X\r\n"
        "VBoxManage.exe: error: Context: \"LaunchVMProcess(a)\" at line 1 of f\r\n";
    CHECK(
        complaint_in(errors) == "Failed to open a session; VT-x is not available (VERR_VMX_NO_VMX)"
    );
    CHECK(code_in(errors) == "E_FAIL");
    CHECK(complaint_in("0%...100%\n").empty());
    CHECK_FALSE(code_in("VBoxManage: error: Machine 'x' is not currently running.\n"));
}

TEST_CASE("a change of state is an event, but for one that says nothing yet")
{
    using enum virtualbox_state;
    using kind = domain_event::kind;
    CHECK(event_between(running, paused) == domain_event{kind::paused, stop_cause::unknown});
    CHECK(event_between(paused, running) == domain_event{kind::resumed, stop_cause::unknown});
    CHECK(event_between(running, killed) == domain_event{kind::power_off, stop_cause::killed});
    CHECK(event_between(paused, off) == domain_event{kind::power_off, stop_cause::unknown});
    CHECK(event_between(running, saved) == domain_event{kind::power_off, stop_cause::unknown});
    CHECK(event_between(running, stuck) == domain_event{kind::power_off, stop_cause::crashed});
    CHECK_FALSE(event_between(running, running));
    CHECK_FALSE(event_between(running, other));
    CHECK_FALSE(event_between(other, running));
}
