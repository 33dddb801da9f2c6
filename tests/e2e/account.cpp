// A home directory, an environment that leads nowhere else, and the programs run in it.
#include "tests/e2e/account.hpp"

#include "tests/e2e/janitor.hpp"
#include "tests/e2e/premises.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/support/test_outcome.hpp"

#include <nlohmann/json.hpp>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace e2e {

namespace fs = std::filesystem;
using nlohmann::json;
using test_support::process;

namespace {

// Short, because sockets are in it.
fs::path new_home()
{
    static int number = 0;
    auto home = shared_premises().directory() / std::to_string(++number);
    fs::create_directory(home);
    for (const auto* const part : {"config", "state", "data", "cache", "run"}) {
        fs::create_directory(home / part);
    }
    fs::permissions(home / "run", fs::perms::owner_all);
    return home;
}

}  // namespace

account::account()
    : home_(new_home()),
      environment_{
          {"HOME", home_.string()},
          {"XDG_CONFIG_HOME", (home_ / "config").string()},
          {"XDG_STATE_HOME", (home_ / "state").string()},
          {"XDG_DATA_HOME", (home_ / "data").string()},
          {"XDG_CACHE_HOME", (home_ / "cache").string()},
          {"XDG_RUNTIME_DIR", (home_ / "run").string()},
          // No other libvirt than this user's own.
          {"LIBVIRT_DEFAULT_URI", std::nullopt},
      },
      docker_(home_ / "client", "unix://" + docker_socket().string())
{
    configure(json::object());
}

account::~account()
{
    if (daemon_ && test_support::current_test_has_failed()) {
        std::cerr << "--- gangwayd's log\n" << daemon_->err() << daemon_->out() << "---\n";
        const auto serial_log = state_dir() / "serial.log";
        if (fs::exists(serial_log)) {
            const auto text = test_support::read_file(serial_log);
            std::cerr << "--- serial log\n"
                      << text.substr(text.size() - std::min<std::size_t>(text.size(), 8192))
                      << "---\n";
        }
    }
    end_processes_of(home_);
}

void account::configure(json settings) const
{
    // An image that is installed on this machine is not ours to use.
    settings["vm"].emplace("image", image_dir());
    test_support::write_file(home_ / "config/gangway/gangway.json", settings.dump(2));
}

void account::install_image() const
{
    fs::create_directories(image_dir().parent_path());
    fs::create_directory_symlink(shared_premises().image(), image_dir());
}

json account::real_manifest() const
{
    return json::parse(test_support::read_file(shared_premises().image() / "manifest.json"));
}

void account::install_image(const json& manifest) const
{
    fs::create_directories(image_dir());
    for (const auto& file : fs::directory_iterator(shared_premises().image())) {
        const auto name = file.path().filename();
        if (name != "manifest.json") fs::create_symlink(file.path(), image_dir() / name);
    }
    test_support::write_file(image_dir() / "manifest.json", manifest.dump(2));
}

void account::start_daemon(std::vector<std::string> around)
{
    auto command = std::move(around);
    command.insert(command.end(), {shared_premises().gangwayd().string(), "--log-level", "debug"});
    daemon_ = std::make_unique<process>(test_support::process_options{
        .arguments = std::move(command), .environment = environment_});
    daemon_->expect_output(" ready\n");
}

void account::set_variable(const std::string& name, const std::string& value)
{
    environment_[name] = value;
}

void account::kill_daemon()
{
    daemon_->signal(SIGKILL);
    daemon_->wait(test_support::patience);
}

int account::stop_daemon()
{
    daemon_->signal(SIGTERM);
    return daemon_->finish(boot_patience).exit_status;
}

test_support::process_result account::gangway(
    std::vector<std::string> arguments, std::chrono::milliseconds limit
) const
{
    arguments.insert(arguments.begin(), shared_premises().gangway().string());
    return test_support::run(
        {.arguments = std::move(arguments), .environment = environment_}, limit
    );
}

json account::status() const
{
    const auto result = gangway({"status", "--json"});
    if (result.exit_status != 0) throw std::runtime_error("gangway status: " + result.err);
    return json::parse(result.out);
}

json account::vm() const
{
    return status().at("vm");
}

std::string account::vm_state() const
{
    return vm().at("state").get<std::string>();
}

std::string account::docker_text(
    std::vector<std::string> arguments, test_support::process_input input
) const
{
    auto result = docker_.run(arguments, std::move(input), boot_patience);
    if (result.exit_status != 0) {
        std::string line = "docker";
        for (const auto& argument : arguments) line += " " + argument;
        throw std::runtime_error(
            "`" + line + "` ended with " + std::to_string(result.exit_status) + ": " + result.err
        );
    }
    if (result.out.ends_with('\n')) result.out.pop_back();
    return std::move(result.out);
}

std::vector<pid_t> account::processes(const std::string& name) const
{
    auto all = processes_of(home_);
    std::erase_if(all, [&name](pid_t each) {
        std::ifstream file("/proc/" + std::to_string(each) + "/comm");
        std::string comm;
        std::getline(file, comm);
        return comm != name;
    });
    return all;
}

std::vector<pid_t> account::virtual_machines() const
{
    return virtual_machines_of(home_);
}

}  // namespace e2e
