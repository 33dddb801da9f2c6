// A private dockerd, and the removal of everything that one leaves behind.
#include "tests/support/docker_engine.hpp"

#include "tests/support/docker_client.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_directory.hpp"

#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace test_support {
namespace {

// A shim outlives a dockerd that was killed; its command line names our containerd's socket.
void kill_what_names(const std::filesystem::path& directory)
{
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto pid = static_cast<pid_t>(std::stol(name));
        std::ifstream command(entry.path() / "cmdline", std::ios::binary);
        std::ostringstream text;
        text << command.rdbuf();
        if (pid != ::getpid() && text.str().find(directory.string() + "/") != std::string::npos &&
            text.str().find("containerd") != std::string::npos) {
            ::kill(pid, SIGKILL);
        }
    }
}

void unmount_below(const std::filesystem::path& directory)
{
    std::ifstream mounts("/proc/self/mounts");
    std::vector<std::string> points;
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream fields(line);
        std::string device;
        std::string point;
        fields >> device >> point;
        if (point.starts_with(directory.string() + "/")) points.push_back(point);
    }
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
        ::umount2(point->c_str(), MNT_DETACH);
    }
}

}  // namespace

std::optional<std::string> docker_engine::obstacle()
{
    if (::geteuid() != 0) {
        return "the integration tests start a private dockerd, which needs root: run them as root "
               "or with sudo";
    }
    const auto has = [](const char* program) {
        return run({.arguments = {"sh", "-c", std::string("command -v ") + program}}).exit_status ==
               0;
    };
    if (!has("dockerd")) return "dockerd is missing: install the package docker.io";
    if (!has("docker")) return "the docker client is missing: install docker.io or docker-cli";
    if (!has("openssl")) return "openssl is missing: install the package openssl";
    if (!std::filesystem::exists("/bin/busybox")) {
        return "/bin/busybox is missing: install the package busybox-static";
    }
    return std::nullopt;
}

docker_engine::docker_engine(
    std::filesystem::path directory, std::optional<test_pki> pki, std::vector<std::string> within
)
    : directory_(std::move(directory)), pki_(std::move(pki)), within_(std::move(within))
{
    std::filesystem::create_directories(directory_);
    try {
        start();
        import_busybox();
    } catch (...) {
        stop();
        throw;
    }
}

docker_engine::~docker_engine()
{
    try {
        // Started again after a crash, dockerd ends the containers it finds.
        if (!dockerd_->running()) start();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
    }
    stop();
}

engine_address docker_engine::address() const
{
    return {.socket = directory_ / "s", .port = port_, .pid = dockerd_->pid()};
}

void docker_engine::crash()
{
    dockerd_->signal(SIGKILL);
    dockerd_->finish();
}

void docker_engine::start()
{
    // A port found free may be taken by the time dockerd binds it.
    constexpr int attempts = 3;
    for (int attempt = 1;; ++attempt) {
        port_ = free_tcp_port();
        std::vector<std::string> command{
            "dockerd",
            "--data-root=" + (directory_ / "data").string(),
            "--exec-root=" + (directory_ / "exec").string(),
            "--pidfile=" + (directory_ / "pid").string(),
            "--config-file=" + (directory_ / "daemon.json").string(),
            "--host=" + address_url(),
            "--host=tcp://127.0.0.1:" + std::to_string(port_),
            "--bridge=none",
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false",
            "--ip-masq=false",
            "--userland-proxy=false",
        };
        if (pki_) {
            command.insert(
                command.end(),
                {"--tlsverify",
                 "--tlscacert=" + (pki_->engine / "ca.pem").string(),
                 "--tlscert=" + (pki_->engine / "cert.pem").string(),
                 "--tlskey=" + (pki_->engine / "key.pem").string()}
            );
        }
        command.insert(command.begin(), within_.begin(), within_.end());
        write_file(directory_ / "daemon.json", "{}\n");
        // After a crash it names a containerd that is dead, yet counts as alive to dockerd while
        // nobody has reaped it.
        std::filesystem::remove(directory_ / "exec/containerd/containerd.pid");
        dockerd_ = std::make_unique<process>(process_options{.arguments = std::move(command)});
        eventually([&] { return answers() || !dockerd_->running(); });
        if (answers()) return;
        if (attempt == attempts) {
            const auto log = dockerd_->err();
            throw std::runtime_error(
                "dockerd does not start; the end of its log:\n" +
                log.substr(log.size() - std::min<std::size_t>(log.size(), 8192))
            );
        }
    }
}

void docker_engine::stop()
{
    if (dockerd_) {
        dockerd_->signal(SIGTERM);
        dockerd_->wait(patience);
        dockerd_.reset();
    }
    kill_what_names(directory_);
    unmount_below(directory_);
    std::error_code error;
    std::filesystem::remove_all(directory_, error);
    if (error) std::cerr << "left behind: " << directory_ << ": " << error.message() << '\n';
}

std::string docker_engine::address_url() const
{
    return "unix://" + (directory_ / "s").string();
}

bool docker_engine::answers() const
{
    try {
        auto connection = raw_client::to_socket(directory_ / "s");
        connection.send("GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n");
        return connection.receive_all().find("200 OK") != std::string::npos;
    } catch (const std::system_error&) {
        return false;
    }
}

void docker_engine::import_busybox() const
{
    const auto root = directory_ / "busybox";
    std::filesystem::create_directories(root / "bin");
    std::filesystem::create_directory(root / "tmp");
    std::filesystem::copy_file("/bin/busybox", root / "bin/busybox");
    std::istringstream applets(run_checked({.arguments = {"/bin/busybox", "--list"}}));
    for (std::string applet; std::getline(applets, applet);) {
        if (applet != "busybox") {
            std::filesystem::create_symlink("busybox", root / "bin" / applet);
        }
    }
    const auto archive = directory_ / "busybox.tar";
    run_checked({.arguments = {"tar", "-C", root.string(), "-cf", archive.string(), "."}});
    const docker_client docker(directory_ / "client", address_url());
    docker.text({"import", archive.string(), "busybox:latest"});
}

}  // namespace test_support
