// What a start of the VM consists of before its power goes on, derived from the settings.
#pragma once

#include "config/settings.hpp"
#include "vmctl/domain_spec.hpp"
#include "vmctl/hypervisor.hpp"
#include "vmctl/image_store.hpp"
#include "vmctl/start_record.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vmctl {

// One stage on the host. `work` blocks; it completes the spec, and throws a std::exception whose
// what() is a sentence for the user.
struct host_stage {
    std::string name;
    std::function<void(domain_spec&)> work;
    bool only_describes = false;  // changes nothing but the spec
};

struct boot_plan {
    domain_spec spec;         // what the settings alone decide
    std::string libvirt_uri;  // for messages
    config::acceleration accelerate = config::acceleration::automatic;
    std::vector<host_stage> stages;  // in this order
    // Where the image is, and another can take its place. Nothing: none can.
    std::optional<image_store> images;
    std::optional<start_record> start_times;  // nothing: they are not kept
    // Blocking; instead of the stages when the VM turns out to run already, or to be saved.
    std::function<void()> before_adoption;
    // Blocking; for a VM that was not booted now. Returns the settings that it has to be restarted
    // for (settings_catch_up.hpp).
    std::function<std::vector<std::string>(hypervisor&)> catch_up;
    // Blocking; of the running VM (grown_disk.hpp).
    std::function<void(hypervisor&, config::byte_size)> grow_disk;
    // Blocking; deletes what the stages have made. Throws std::exception as they do.
    std::function<void(bool keep_data)> delete_files;
    config::tls_files engine_tls;
    // From power-on to an engine that answers.
    std::chrono::milliseconds boot_timeout = std::chrono::minutes(5);
    // How long clients wait for an engine that does not answer in a VM that runs: the guest starts
    // one again that has ended.
    std::chrono::milliseconds engine_patience = std::chrono::minutes(2);
    // While the engine is used it is asked so often whether it is there, since one that has
    // stopped, with its whole VM, closes no connection.
    std::chrono::milliseconds attention = std::chrono::seconds(30);
    // How long a guest may take to shut down before its power is cut.
    std::chrono::milliseconds shutdown_timeout = std::chrono::minutes(1);
    // How long the VM may take to go to sleep when nobody waits for it.
    std::chrono::milliseconds nap_patience = std::chrono::minutes(10);
    // How long a VM that could not write to its disk stands still before it tries again.
    std::chrono::milliseconds disk_retry = std::chrono::seconds(10);
    config::on_exit when_daemon_exits = config::on_exit::keep_running;
    config::sleep_settings sleep;
};

// The plan for an instance: stages "image" (the appliance is there and whole) and "files"
// (certificates, ssh keys, data disk). `version` is Gangway's. Nothing happens yet.
boot_plan make_boot_plan(const config::settings& settings, std::string version);

// Where the console's log of an instance is, under its state directory.
std::filesystem::path serial_log_in(const std::filesystem::path& state_dir);  // serial.log

// Where it is kept which image was there last (image_watch).
std::filesystem::path image_record_in(const std::filesystem::path& state_dir);  // image

// How to run the VM, of what was asked for and what is usable. Blocking. Throws hypervisor_error
// when what was asked for is not; `uri` is for its sentence.
accelerator choose_accelerator(
    hypervisor& host, config::acceleration wanted, const std::string& uri
);

}  // namespace vmctl
