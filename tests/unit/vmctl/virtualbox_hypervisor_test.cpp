// A VM's life in VirtualBox, over a stand-in for VBoxManage (stand_in_vboxmanage.sh): no VirtualBox
// was ever run by these tests.
#include "vmctl/virtualbox_hypervisor.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/test_directory.hpp"
#include "vmctl/virtualbox_program.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

using namespace vmctl;
using namespace std::chrono_literals;
using Catch::Contains;
using test_support::eventually;

namespace {

namespace fs = std::filesystem;

constexpr const char* name = "gangway-test";

// Nothing is waited for that does not come.
virtualbox_times quick()
{
    virtualbox_times times;
    times.busy_pause = 1ms;
    times.look = 20ms;
    return times;
}

struct installation {
    installation()
    {
        fs::create_symlink(STAND_IN_VBOXMANAGE, program());
        test_support::write_file(directory / "state/disk.img", std::string(65536, '\0'));
        test_support::write_file(directory / "gangway.iso", "an ISO");
    }

    fs::path program() const { return directory / "VBoxManage"; }

    std::unique_ptr<hypervisor> daemon(const std::string& state = "state") const
    {
        virtualbox_places places;
        places.name = name;
        places.data_disk = directory / state / "disk.img";
        places.folder = directory / state / "virtualbox";
        places.program = [found = program()] { return std::optional(found); };
        return make_virtualbox_hypervisor(std::move(places), times);
    }

    domain_spec spec() const
    {
        domain_spec spec;
        spec.name = name;
        spec.version = "0.1.0";
        spec.memory = config::gibibytes(1);
        spec.iso = directory / "gangway.iso";
        spec.data_disk = directory / "state/disk.img";
        spec.serial_log = directory / "state/serial.log";
        spec.serial_socket = directory / "state/serial.sock";
        spec.shares = {{"/srv", false}};
        return spec;
    }

    std::string state_of_vm() const { return test_support::read_file(vm() / "state"); }

    void goes(const std::string& state) const
    {
        test_support::write_file(vm() / "state.new", state + "\n");
        fs::rename(vm() / "state.new", vm() / "state");
    }

    void fails(const std::string& command, const std::string& words) const
    {
        test_support::write_file(directory / ("fail-" + command), words);
    }

    std::vector<std::string> calls(const std::string& command) const
    {
        std::vector<std::string> found;
        std::istringstream lines(test_support::read_file(directory / "calls"));
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with(command)) found.push_back(line);
        return found;
    }

    fs::path vm() const { return directory / "vms" / name; }

    test_support::test_directory directory;
    virtualbox_times times = quick();
};

hypervisor_error failure_of(const std::function<void()>& work)
{
    try {
        work();
    } catch (const hypervisor_error& error) {
        return error;
    }
    throw std::runtime_error("nothing was thrown");
}

class event_record {
public:
    void add(domain_event event)
    {
        const std::lock_guard lock(guard_);
        events_.push_back(event);
    }

    bool has(const domain_event& event) const
    {
        const std::lock_guard lock(guard_);
        return std::ranges::count(events_, event) > 0;
    }

    std::size_t count() const
    {
        const std::lock_guard lock(guard_);
        return events_.size();
    }

private:
    mutable std::mutex guard_;
    std::vector<domain_event> events_;
};

}  // namespace

TEST_CASE("a VM in VirtualBox is made, started, and known to a daemon that comes later")
{
    const installation here;
    const auto first = here.daemon();
    CHECK(first->state() == power::absent);
    first->define(here.spec());
    CHECK(first->state() == power::off);
    test_support::write_file(here.spec().serial_log, "gangway-stage engine, of a former boot");
    const auto vm = first->power_on();
    CHECK(first->state() == power::on);
    CHECK(vm.engine_port != 0);
    CHECK(vm.ssh_port != 0);
    CHECK(vm.engine_port != vm.ssh_port);
    REQUIRE(vm.shares.size() == 1);
    CHECK(vm.shares[0].path == "/srv");
    CHECK_FALSE(vm.shares[0].writable);
    CHECK_FALSE(fs::exists(here.spec().serial_log));

    here.goes("paused");
    const auto second = here.daemon();
    CHECK(second->state() == power::on);
    CHECK(second->adopt() == vm);
    CHECK(here.state_of_vm() == "running\n");
}

TEST_CASE("a VM is shut down by its power button, or its power is cut, and both may come too late")
{
    const installation here;
    const auto host = here.daemon();
    CHECK_NOTHROW(host->ask_to_shut_down());
    CHECK_NOTHROW(host->cut_power());
    host->define(here.spec());
    host->power_on();
    SECTION("by the button, which a paused guest does not see")
    {
        host->pause({});
        CHECK(here.state_of_vm() == "paused\n");
        host->ask_to_shut_down();
    }
    SECTION("by force")
    {
        host->cut_power();
    }
    CHECK(host->state() == power::off);
    CHECK_NOTHROW(host->ask_to_shut_down());
    CHECK_NOTHROW(host->cut_power());
    CHECK_NOTHROW(host->resume());
}

TEST_CASE("the VM is made anew where one of its name is off, and its disk stays")
{
    const installation here;
    const auto host = here.daemon();
    host->define(here.spec());
    host->power_on();
    host->cut_power();
    auto spec = here.spec();
    spec.cpus = 3;
    // What the former may leave behind.
    CHECK(fs::exists(here.directory / "state/virtualbox" / name));
    host->define(spec);
    CHECK_THAT(test_support::read_file(here.vm() / "hardware"), Contains("--cpus 3"));
    CHECK_THAT(test_support::read_file(here.vm() / "hardware"), !Contains("--cpus 1"));
    CHECK(fs::file_size(here.spec().data_disk) == 65536);

    host->undefine();
    CHECK(host->state() == power::absent);
    CHECK_NOTHROW(host->undefine());
    CHECK(fs::exists(here.spec().data_disk));
    CHECK_FALSE(fs::exists(here.directory / "state/virtualbox"));
    CHECK_FALSE(fs::exists(here.directory / "state/disk.vmdk"));
    for (const auto& call : here.calls("unregistervm")) CHECK_THAT(call, !Contains("delete"));
}

TEST_CASE("a disk that has grown is described anew")
{
    const installation here;
    const auto host = here.daemon();
    const auto descriptor = here.directory / "state/disk.vmdk";
    host->define(here.spec());
    CHECK_THAT(test_support::read_file(descriptor), Contains("RW 128 FLAT \"disk.img\" 0"));
    fs::resize_file(here.spec().data_disk, 131072);
    host->define(here.spec());
    CHECK_THAT(test_support::read_file(descriptor), Contains("RW 256 FLAT \"disk.img\" 0"));
    CHECK(here.calls("closemedium").size() == 1);
}

TEST_CASE("a VM that was saved goes on, by other ports, if it is the one that is wanted")
{
    const installation here;
    const auto host = here.daemon();
    host->define(here.spec());
    host->power_on();
    const auto extra = host->forward({transport::tcp, "127.0.0.1", 8080});
    host->save({});
    CHECK(host->state() == power::saved);
    SECTION("it is")
    {
        const auto vm = host->restore(here.spec());
        REQUIRE(vm);
        CHECK(host->state() == power::on);
        CHECK(vm->engine_port != 0);
        // The others are made again by who needs them.
        const auto rules = test_support::read_file(here.vm() / "rules");
        CHECK(std::ranges::count(rules, '\n') == 2);
        CHECK_THAT(rules, !Contains(std::to_string(extra) + ",127.0.0.1,8080"));
    }
    SECTION("its image is another now")
    {
        auto spec = here.spec();
        spec.image_identity = "new";
        CHECK_FALSE(host->restore(spec));
        CHECK(host->state() == power::saved);
        host->discard_saved();
        CHECK(host->state() == power::off);
        CHECK_NOTHROW(host->discard_saved());
    }
    SECTION("it is made anew without being discarded first")
    {
        host->define(here.spec());
        CHECK(host->state() == power::off);
    }
}

TEST_CASE("saving that nobody wants any more is not begun")
{
    const installation here;
    const auto host = here.daemon();
    host->define(here.spec());
    host->power_on();
    std::stop_source off;
    off.request_stop();
    CHECK(failure_of([&] {
              host->save(off.get_token());
          }).problem() == hypervisor_problem::called_off);
    CHECK(host->state() == power::on);
}

TEST_CASE("ports are forwarded while the VM runs, once each, and let go")
{
    const installation here;
    const auto host = here.daemon();
    host->define(here.spec());
    host->power_on();
    const guest_port web{transport::tcp, "127.0.0.1", 8080};
    const guest_port names{transport::udp, guest_address, 53};
    const auto port = host->forward(web);
    CHECK(port != 0);
    CHECK(host->forward(web) == port);
    CHECK(host->forward(names) != 0);
    CHECK(here.calls("controlvm gangway-test natpf1").size() == 2);
    host->end_forward(web);
    CHECK_NOTHROW(host->end_forward(web));
    CHECK_THAT(test_support::read_file(here.vm() / "rules"), !Contains("8080"));
    CHECK_THAT(test_support::read_file(here.vm() / "rules"), Contains("udp"));
}

TEST_CASE("a VM of the same name that is not ours is left alone")
{
    const installation here;
    const auto host = here.daemon();
    host->define(here.spec());
    host->power_on();
    SECTION("another daemon's")
    {
        const auto other = here.daemon("elsewhere");
        const auto error = failure_of([&] { other->state(); });
        CHECK(error.problem() == hypervisor_problem::taken);
        CHECK_THAT(error.what(), Contains((here.directory / "state/disk.img").string()));
    }
    SECTION("a user's, running or not")
    {
        test_support::write_file(here.vm() / "extra", "");
        CHECK(failure_of([&] { host->state(); }).problem() == hypervisor_problem::taken);
        here.goes("poweroff");
        const auto error = failure_of([&] { host->define(here.spec()); });
        CHECK(error.problem() == hypervisor_problem::taken);
        CHECK_THAT(error.what(), Contains("that Gangway has not made"));
        CHECK(fs::exists(here.vm()));
    }
}

TEST_CASE("VirtualBox's own words reach the user")
{
    const installation here;
    const auto host = here.daemon();
    host->define(here.spec());
    here.fails(
        "startvm",
        "VBoxManage: error: VT-x is not available (VERR_VMX_NO_VMX)\n"
        "VBoxManage: error: Details: code E_FAIL (0x80004005), component ConsoleWrap\n"
    );
    const auto error = failure_of([&] { host->power_on(); });
    CHECK(error.problem() == hypervisor_problem::refused);
    CHECK(
        error.what() ==
        std::string(
            "VirtualBox could not start gangway-test (VT-x is not available (VERR_VMX_NO_VMX))"
        )
    );
}

TEST_CASE("a configured engine port that is another program's is named before anything is started")
{
    const installation here;
    const auto host = here.daemon();
    const auto other = here.daemon();
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor listener(context, {boost::asio::ip::address_v4::loopback(), 0});
    auto spec = here.spec();
    spec.engine_port = listener.local_endpoint().port();
    host->define(spec);
    CHECK(failure_of([&] { host->power_on(); }).problem() == hypervisor_problem::port_taken);
    CHECK(host->state() == power::off);
    listener.close();
    CHECK(host->power_on().engine_port == spec.engine_port);
}

TEST_CASE("a VM that VirtualBox has not quite let go of is waited for, though not for ever")
{
    installation here;
    const auto host = here.daemon();
    host->define(here.spec());
    test_support::write_file(here.directory / "busy", "1\n2\n3\n");
    CHECK_NOTHROW(host->define(here.spec()));
    std::string always;
    for (int line = 0; line < 1000; ++line) always += "x\n";
    test_support::write_file(here.directory / "busy", always);
    const auto error = failure_of([&] { host->define(here.spec()); });
    CHECK_THAT(error.what(), Contains("already locked for a session"));
}

TEST_CASE("a VBoxManage that does not end is ended, and the VM's power is cut where that can be")
{
    installation here;
    const auto host = here.daemon();
    host->define(here.spec());
    host->power_on();
    here.times.call = 1ms;
    SECTION("VirtualBox does nothing any more")
    {
        here.times.last_resort = 1ms;
        test_support::write_file(here.directory / "hang-showvminfo", "");
        test_support::write_file(here.directory / "hang-controlvm", "");
        const auto late = here.daemon();
        const auto error = failure_of([&] { late->forward({transport::tcp, guest_address, 80}); });
        CHECK(error.problem() == hypervisor_problem::refused);
        CHECK_THAT(error.what(), Contains("VBoxManage did not end in time"));
        CHECK_THAT(failure_of([&] { late->state(); }).what(), Contains("did not end in time"));
    }
    SECTION("it does this one thing")
    {
        test_support::write_file(here.directory / "hang-showvminfo", "");
        const auto late = here.daemon();
        const auto error = failure_of([&] { late->forward({transport::tcp, guest_address, 80}); });
        CHECK(error.problem() == hypervisor_problem::silent);
        CHECK_THAT(error.what(), Contains("the VM was switched off"));
        CHECK(here.state_of_vm() == "poweroff\n");
    }
}

TEST_CASE("without VirtualBox every call says what to do, until it is installed")
{
    const installation here;
    bool installed = false;
    virtualbox_places places;
    places.name = name;
    places.data_disk = here.spec().data_disk;
    places.folder = here.directory / "state/virtualbox";
    places.program = [&]() -> std::optional<fs::path> {
        if (!installed) return std::nullopt;
        return here.program();
    };
    const auto host = make_virtualbox_hypervisor(std::move(places), quick());
    const auto error = failure_of([&] { host->state(); });
    CHECK(error.problem() == hypervisor_problem::unreachable);
    CHECK_THAT(error.what(), Contains("VirtualBox is not installed"));
    CHECK_THAT(error.what(), Contains("--engine tcp://HOST:PORT"));
    installed = true;
    CHECK(host->state() == power::absent);
}

TEST_CASE("what becomes of a VM without us is heard, and what we do ourselves is not")
{
    event_record heard;
    const installation here;
    const auto host = here.daemon();
    host->watch([&heard](domain_event event) { heard.add(event); });
    host->define(here.spec());
    host->power_on();
    host->pause({});
    host->resume();
    SECTION("its process ends")
    {
        here.goes("aborted");
        CHECK(eventually([&] {
            return heard.has({domain_event::kind::power_off, stop_cause::killed});
        }));
        CHECK(heard.count() == 1);
        CHECK(host->state() == power::off);
    }
    SECTION("somebody pauses it and lets it go on")
    {
        here.goes("paused");
        CHECK(eventually([&] {
            return heard.has({domain_event::kind::paused, stop_cause::unknown});
        }));
        here.goes("running");
        CHECK(eventually([&] {
            return heard.has({domain_event::kind::resumed, stop_cause::unknown});
        }));
        CHECK(heard.count() == 2);
    }
    SECTION("VirtualBox cannot run it any further")
    {
        here.goes("gurumeditation");
        CHECK(eventually([&] {
            return heard.has({domain_event::kind::power_off, stop_cause::crashed});
        }));
        CHECK(host->state() == power::off);
        CHECK(here.state_of_vm() == "poweroff\n");
    }
    host->watch({});
}

TEST_CASE("its guest has no agent, and its disk does not grow while it runs")
{
    const installation here;
    const auto host = here.daemon();
    CHECK(failure_of([&] { host->set_guest_clock(); }).problem() == hypervisor_problem::refused);
    const auto error = failure_of([&] { host->resize_data_disk(config::gibibytes(2)); });
    CHECK(error.problem() == hypervisor_problem::not_now);
    CHECK_THAT(error.what(), Contains("gangway restart"));
    CHECK(host->supports(accelerator::virtualbox));
    CHECK_FALSE(host->supports(accelerator::kvm));
    CHECK_FALSE(host->supports(accelerator::emulation));
}

TEST_CASE("an image without an ISO cannot be booted by VirtualBox, and nothing is made")
{
    const installation here;
    const auto host = here.daemon();
    auto spec = here.spec();
    spec.iso.clear();
    CHECK_THAT(failure_of([&] { host->define(spec); }).what(), Contains("appliance/build"));
    CHECK_FALSE(fs::exists(here.vm()));
}
