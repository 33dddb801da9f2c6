// A VirtualBox of a test's own: a stand-in for VBoxManage (stand_in_vboxmanage.sh), and what it
// keeps of VMs. No VirtualBox was ever run by these tests.
#pragma once

#include "tests/support/test_directory.hpp"
#include "vmctl/virtualbox_hypervisor.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace virtualbox {

using namespace vmctl;
namespace fs = std::filesystem;

inline constexpr const char* name = "gangway-test";

// Nothing is waited for that does not come.
inline virtualbox_times quick()
{
    virtualbox_times times;
    times.busy_pause = std::chrono::milliseconds(1);
    times.look = std::chrono::milliseconds(20);
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

inline hypervisor_error failure_of(const std::function<void()>& work)
{
    try {
        work();
    } catch (const hypervisor_error& error) {
        return error;
    }
    throw std::runtime_error("nothing was thrown");
}

}  // namespace virtualbox
