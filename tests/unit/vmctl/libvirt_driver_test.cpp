// Which driver a libvirt URI leads to, and which of them runs our VM.
#include "vmctl/libvirt_driver.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;

TEST_CASE("the URI names the driver, whatever the transport")
{
    CHECK(driver_of("qemu:///session") == libvirt_driver::qemu);
    CHECK(driver_of("qemu+unix:///system?socket=/run/s") == libvirt_driver::qemu);
    CHECK(driver_of("vbox:///session") == libvirt_driver::virtualbox);
    CHECK(driver_of("vbox+unix:///session") == libvirt_driver::virtualbox);
    CHECK_FALSE(driver_of("test:///default"));
    CHECK_FALSE(driver_of("vboxes:///session"));
    CHECK_FALSE(driver_of(""));
}

TEST_CASE("QEMU runs our VM, and VirtualBox does not, for a reason")
{
    CHECK_FALSE(obstacle_to(libvirt_driver::qemu));
    const auto obstacle = obstacle_to(libvirt_driver::virtualbox);
    REQUIRE(obstacle);
    CHECK(!obstacle->empty());
}
