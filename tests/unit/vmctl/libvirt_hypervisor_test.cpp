// Our side of libvirt, against the library's own test driver (it runs inside this process) and
// against a daemon that is not there. What needs QEMU is tested with a VM.
#include "vmctl/libvirt_hypervisor.hpp"

#include "tests/support/eventually.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <mutex>
#include <string>
#include <vector>

using namespace vmctl;
using test_support::eventually;

namespace {

// A fresh instance of the driver's default host, which runs one domain called "test".
constexpr const char* test_host = "test:///default";

// What an observer was told; it is called on libvirt's thread.
class event_record {
public:
    void add(domain_event event)
    {
        const std::lock_guard lock(guard_);
        events_.push_back(event);
    }

    std::vector<domain_event> all() const
    {
        const std::lock_guard lock(guard_);
        return events_;
    }

private:
    mutable std::mutex guard_;
    std::vector<domain_event> events_;
};

}  // namespace

TEST_CASE("a libvirt that is not there is an error that says what to install")
{
    const std::string uri = "qemu+unix:///session?socket=/nonexistent/libvirt-sock";
    const auto host = make_libvirt_hypervisor(uri, "gangway-test", "/d.img");
    try {
        host->state();
        FAIL("it was reached");
    } catch (const hypervisor_error& error) {
        CHECK(error.problem() == hypervisor_problem::unreachable);
        CHECK_THAT(error.what(), Catch::Contains(uri));
        CHECK_THAT(error.what(), Catch::Contains("install libvirt-daemon"));
    }
}

TEST_CASE("a domain that nobody has defined is absent, and stopping it is no error")
{
    const auto host = make_libvirt_hypervisor(test_host, "gangway-test", "/d.img");
    CHECK(host->state() == power::absent);
    CHECK_NOTHROW(host->ask_to_shut_down());
    CHECK_NOTHROW(host->cut_power());
    CHECK_NOTHROW(host->undefine());
}

TEST_CASE("a domain whose power is cut is off, and the observer hears why")
{
    event_record heard;
    const auto host = make_libvirt_hypervisor(test_host, "test", "/d.img");
    host->watch([&heard](domain_event event) { heard.add(event); });
    CHECK(host->state() == power::on);
    host->cut_power();
    CHECK(host->state() == power::off);
    CHECK(eventually([&heard] { return !heard.all().empty(); }));
    CHECK(
        heard.all() ==
        std::vector<domain_event>{{domain_event::kind::power_off, stop_cause::destroyed}}
    );
    // A second time is no error.
    CHECK_NOTHROW(host->cut_power());
    host->watch({});
}

TEST_CASE("the observer hears nothing of other domains")
{
    event_record heard;
    const auto ours = make_libvirt_hypervisor(test_host, "gangway-test", "/d.img");
    const auto other = make_libvirt_hypervisor(test_host, "test", "/d.img");
    event_record heard_there;
    ours->watch([&heard](domain_event event) { heard.add(event); });
    other->watch([&heard_there](domain_event event) { heard_there.add(event); });
    CHECK(ours->state() == power::absent);
    other->cut_power();
    CHECK(eventually([&heard_there] { return !heard_there.all().empty(); }));
    CHECK(heard.all().empty());
    ours->watch({});
    other->watch({});
}

TEST_CASE("after a disconnect the next call connects again")
{
    const auto host = make_libvirt_hypervisor(test_host, "test", "/d.img");
    CHECK(host->state() == power::on);
    host->disconnect();
    host->disconnect();
    CHECK(host->state() == power::on);
}

TEST_CASE("a domain that was not made by us is not adopted")
{
    const auto host = make_libvirt_hypervisor(test_host, "test", "/d.img");
    CHECK_FALSE(host->adopt());
}

TEST_CASE("a VM with another data disk is another daemon's")
{
    const test_support::test_directory directory;
    test_support::write_file(
        directory / "host.xml",
        R"(<node><domain type='test'>
             <name>gangway-test</name><memory>8192</memory><os><type>hvm</type></os>
             <metadata><gangway:vm xmlns:gangway="urn:gangway:vm:1" version="1" disk="/o&amp;n/d.img"/>
             </metadata>
           </domain></node>)"
    );
    const auto uri = "test://" + (directory / "host.xml").string();
    CHECK(make_libvirt_hypervisor(uri, "gangway-test", "/o&n/d.img")->state() == power::on);
    const auto other = make_libvirt_hypervisor(uri, "gangway-test", "/d.img");
    try {
        other->state();
        FAIL("the other's VM was taken for ours");
    } catch (const hypervisor_error& error) {
        CHECK(error.problem() == hypervisor_problem::taken);
        CHECK_THAT(error.what(), Catch::Contains("the data disk /o&n/d.img"));
    }
}

TEST_CASE("a host without our kind of VM supports no accelerator")
{
    const auto host = make_libvirt_hypervisor(test_host, "test", "/d.img");
    CHECK_FALSE(host->supports(accelerator::kvm));
    CHECK_FALSE(host->supports(accelerator::emulation));
}
