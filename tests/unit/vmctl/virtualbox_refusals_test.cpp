// What VirtualBox refuses, or does not do in time, over a stand-in for VBoxManage.
#include "virtualbox_installation.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

using namespace virtualbox;
using namespace std::chrono_literals;
using Catch::Contains;

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

TEST_CASE("an image without an ISO cannot be booted by VirtualBox, and nothing is made")
{
    const installation here;
    const auto host = here.daemon();
    auto spec = here.spec();
    spec.iso.clear();
    CHECK_THAT(failure_of([&] { host->define(spec); }).what(), Contains("appliance/build"));
    CHECK_FALSE(fs::exists(here.vm()));
}
