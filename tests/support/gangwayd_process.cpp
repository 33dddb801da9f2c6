// The daemon under test, started as a user would start it.
#include "tests/support/gangwayd_process.hpp"

#include "tests/support/test_directory.hpp"
#include "tests/support/test_outcome.hpp"

#include <signal.h>

#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace test_support {
namespace {

// The log says `ready` as the whole text of one line, behind whatever stands for time and level.
bool says_ready(const std::string& log)
{
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        if (line == "ready" || line.ends_with(" ready")) return true;
    }
    return false;
}

template <class Predicate>
std::size_t count_descriptors(pid_t pid, Predicate counts)
{
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
        std::error_code closed_meanwhile;
        const auto target = std::filesystem::read_symlink(entry.path(), closed_meanwhile);
        if (!closed_meanwhile && counts(target.string())) ++count;
    }
    return count;
}

}  // namespace

process_options gangwayd_process::command(
    const std::filesystem::path& directory, const std::vector<std::string>& arguments
)
{
    const auto home = directory / "home";
    std::filesystem::create_directories(home);
    process_options options{
        .arguments = {GANGWAYD_PROGRAM},
        .environment =
            {
                {"HOME", home.string()},
                {"XDG_CONFIG_HOME", (home / "config").string()},
                {"XDG_STATE_HOME", (home / "state").string()},
                {"XDG_DATA_HOME", (home / "data").string()},
                {"XDG_RUNTIME_DIR", (home / "run").string()},
            },
    };
    options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
    return options;
}

gangwayd_process::gangwayd_process(
    const std::filesystem::path& directory, const gangwayd_options& options
)
    : run_(directory / "run")
{
    std::vector<std::string> arguments{
        "--listen",
        "unix://" + docker_socket().string(),
        "--control",
        "unix://" + control_socket().string(),
        "--engine",
        options.engine,
        "--log-level",
        "debug"};
    if (options.tls_dir) {
        arguments.insert(arguments.end(), {"--tls-dir", options.tls_dir->string()});
    }
    arguments.insert(arguments.end(), options.more.begin(), options.more.end());
    if (!options.configuration.empty()) {
        std::filesystem::create_directories(run_);
        const auto file = run_ / "gangway.json";
        write_file(file, options.configuration);
        arguments.insert(arguments.end(), {"--config", file.string()});
    }
    auto started = command(directory, arguments);
    for (const auto& [name, value] : options.environment) started.environment[name] = value;
    if (options.descriptors) {
        const auto limit = "ulimit -n " + std::to_string(*options.descriptors);
        const std::vector<std::string> shell{"sh", "-c", limit + " && exec \"$@\"", "sh"};
        started.arguments.insert(started.arguments.begin(), shell.begin(), shell.end());
    }
    started.arguments.insert(
        started.arguments.begin(), options.within.begin(), options.within.end()
    );
    process_ = std::make_unique<process>(std::move(started));
    eventually([&] { return says_ready(log()) || !process_->running(); });
    if (!says_ready(log()) || !process_->running()) {
        throw std::runtime_error("gangwayd does not become ready; its log:\n" + log());
    }
}

gangwayd_process::~gangwayd_process()
{
    if (current_test_has_failed()) std::cerr << "--- gangwayd's log\n" << log() << "---\n";
}

int gangwayd_process::stop()
{
    process_->signal(SIGTERM);
    return process_->finish().exit_status;
}

void gangwayd_process::crash()
{
    process_->signal(SIGKILL);
    process_->finish();
}

std::size_t descriptors_of(pid_t pid)
{
    return count_descriptors(pid, [](const std::string&) { return true; });
}

std::size_t sockets_of(pid_t pid)
{
    return count_descriptors(pid, [](const std::string& target) {
        return target.starts_with("socket:");
    });
}

}  // namespace test_support
