// A VM's life in VirtualBox, over a stand-in for VBoxManage.
#include "tests/support/eventually.hpp"
#include "virtualbox_installation.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <mutex>

using namespace virtualbox;
using Catch::Contains;
using test_support::eventually;

namespace {

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
