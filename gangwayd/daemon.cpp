// Parts, signals, orderly shutdown.
#include "gangwayd/daemon.hpp"

#include "config/print.hpp"
#include "gangwayd/control_api.hpp"
#include "gangwayd/control_server.hpp"
#include "gangwayd/fixed_engine.hpp"
#include "gangwayd/log.hpp"
#include "gangwayd/outside_requests.hpp"
#include "gangwayd/service_manager.hpp"
#include "gangwayd/version.hpp"
#include "gangwayd/virtual_machine.hpp"
#include "gangwayd/vm_news.hpp"
#include "proxy/container_census.hpp"
#include "proxy/engine_watch.hpp"
#include "proxy/known_changes.hpp"
#include "proxy/published_ports.hpp"
#include "proxy/server.hpp"
#include "proxy/sleep_record.hpp"
#include "vmctl/boot_plan.hpp"
#include "vmctl/clock_watch.hpp"
#include "vmctl/deadline.hpp"
#include "vmctl/guest_files.hpp"
#include "vmctl/image_watch.hpp"
#include "vmctl/sha256.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace {

// Requests in flight when the daemon is told to stop have this long to end by themselves.
constexpr auto stop_grace = std::chrono::seconds(2);

// A new image is put in place file by file.
constexpr auto image_rest = std::chrono::seconds(3);

// How long clients may be kept waiting for libvirt to say whether the VM sleeps.
constexpr auto examination_patience = std::chrono::seconds(15);

std::vector<std::unique_ptr<proxy::listener>> open_docker_sockets(
    const asio::any_io_executor& executor, const config::docker_socket_settings& settings
)
{
    std::vector<std::unique_ptr<proxy::listener>> listeners;
    for (const auto& endpoint : settings.listen) {
        if (const auto* path = std::get_if<config::unix_endpoint>(&endpoint)) {
            listeners.push_back(proxy::listen_on(executor, *path, settings.group));
        } else if (const auto* pipe = std::get_if<config::pipe_endpoint>(&endpoint)) {
            listeners.push_back(proxy::listen_on(executor, *pipe, settings.group));
        } else {
            for (auto& inherited : proxy::inherited_listeners(executor)) {
                listeners.push_back(std::move(inherited));
            }
        }
    }
    return listeners;
}

std::vector<std::string> names_of(const std::vector<std::unique_ptr<proxy::listener>>& listeners)
{
    std::vector<std::string> names;
    names.reserve(listeners.size());
    for (const auto& each : listeners) names.push_back(each->name());
    return names;
}

// Digest of all that decides what a sleeping engine's answers are and whether they still hold:
// where the VM is made otherwise now, it will not go on where it was saved.
std::string what_answers_depend_on(const config::loaded& configuration)
{
    vmctl::sha256 digest;
    digest.add(gangway_version);
    digest.add(config::print(configuration));
    std::ifstream manifest(configuration.values.vm.image / "manifest.json");
    std::ostringstream content;
    content << manifest.rdbuf();
    digest.add(content.str());
    return digest.hex();
}

// Everything that runs, in the order of its making.
class parts {
public:
    parts(
        asio::io_context& loop,
        const config::loaded& configuration,
        const config::overrides& flags,
        std::shared_ptr<log_history> log
    )
        : configuration_(configuration),
          settings_(configuration.values),
          flags_(flags),
          executor_(loop.get_executor()),
          dialer_(executor_),
          requests_(executor_)
    {
        const auto executor = executor_;
        auto listeners = open_docker_sockets(executor, settings_.docker);
        auto control = proxy::listen_on(executor, settings_.control.listen, {});
        vmctl::engine* engine = nullptr;
        if (settings_.remote_engine) {
            engine = &fixed_.emplace(*settings_.remote_engine, settings_.shares);
        } else {
            vm_.emplace(executor, settings_, dialer_);
            engine = &vm_->supervisor;
        }
        auto names = names_of(listeners);
        for (const auto& name : names) spdlog::info("serving {}", name);
        server_.emplace(executor, std::move(listeners), *engine, dialer_);
        if (vm_) {
            ports_.emplace(executor, *engine, dialer_, vm_->supervisor);
            server_->gate_starts(*ports_);
            census_.emplace(executor, [this](std::optional<std::size_t> number) {
                vm_->supervisor.containers_run(number);
            });
            watch_.emplace(executor, dialer_);
            watch_->add(*ports_);
            watch_->add(*census_);
            server_->remember_answers();
            answers_.emplace(server_->remembered(), [this] {
                return vm_->supervisor.stands_still();
            });
            watch_->add(*answers_);
            record_.emplace(
                settings_.state_dir / "asleep",
                what_answers_depend_on(configuration),
                vmctl::memory_of(settings_)
            );
        }
        api_.emplace(
            settings_,
            std::move(names),
            *server_,
            vm_ ? &vm_->supervisor : nullptr,
            ports_ ? &*ports_ : nullptr,
            std::move(log)
        );
        control_.emplace(executor, std::move(control), *api_);
    }

    asio::awaitable<void> run()
    {
        if (vm_) follow_vm();
        const auto failed = [this](const std::string& why) { give_up(why); };
        control_->start(failed);
        if (record_ && record_->exists()) co_await find_out_whether_it_sleeps();
        server_->start(failed);
        notify_ready();
        spdlog::info("ready");
        co_await serve_requests();
        notify_stopping();
        clock_.reset();
        image_.reset();
        if (vm_) vm_->supervisor.turn_away();
        // What is known from now on would be too little to be kept.
        if (vm_) vm_->supervisor.on_engine_asleep({});
        co_await server_->stop(stop_grace);
        if (watch_) co_await watch_->stop();
        if (census_) co_await census_->stop();
        if (ports_) co_await ports_->stop();
        co_await control_->stop();
        if (vm_) co_await vm_->supervisor.shutdown();
        spdlog::info("stopped");
        if (!failure_.empty()) throw std::runtime_error(failure_);
    }

private:
    void follow_vm()
    {
        auto& vm = vm_->supervisor;
        const vm_audience audience{
            *server_, *ports_, *watch_, *census_, *record_, *answers_, [this] {
                return what_answers_depend_on(configuration_);
            }};
        tell_news_of(vm, audience);
        vm.examine();
        const auto executor = executor_;
        clock_.emplace(executor, [this] { vm_->supervisor.clock_was_set(); });
        // One that is named by its digest does not change behind our back.
        if (settings_.vm.boot2docker) return;
        image_.emplace(
            executor,
            vmctl::image_watch::places{
                settings_.vm.image, vmctl::image_record_in(settings_.state_dir)},
            image_rest,
            [this] { vm_->supervisor.image_changed(); }
        );
    }

    // So that the first client, who may only look, does not wake it.
    asio::awaitable<void> find_out_whether_it_sleeps()
    {
        try {
            co_await vmctl::with_deadline(examination_patience, vm_->supervisor.examined());
        } catch (const boost::system::system_error& error) {
            if (error.code() != asio::error::timed_out) throw;
            spdlog::warn("libvirt does not say whether the VM sleeps; serving all the same");
        }
    }

    // A daemon that cannot do its work any more ends, so that a service manager may start it again.
    void give_up(const std::string& why)
    {
        failure_ = why;
        requests_.give_up();
    }

    asio::awaitable<void> serve_requests()
    {
        while (failure_.empty()) {
            const auto request = co_await requests_.next();
            if (!request) co_return;
            if (request->what == outside_request::kind::reload) {
                reload();
                continue;
            }
            spdlog::info("stopping on {}", request->by);
            requests_.let_go();
            co_return;
        }
    }

    void reload() const
    {
        try {
            set_log_level(config::load(flags_).values.log.level);
            spdlog::info("reloaded the log level; other settings take effect at the next start");
        } catch (const config::config_error& error) {
            spdlog::error("not reloaded: {}", error.what());
        }
    }

    const config::loaded& configuration_;
    const config::settings& settings_;
    const config::overrides& flags_;
    asio::any_io_executor executor_;
    proxy::dialer dialer_;
    outside_requests requests_;
    std::string failure_;
    std::optional<fixed_engine> fixed_;
    std::optional<virtual_machine> vm_;
    std::optional<vmctl::clock_watch> clock_;
    std::optional<vmctl::image_watch> image_;
    std::optional<proxy::published_ports> ports_;
    std::optional<proxy::container_census> census_;
    std::optional<proxy::sleep_record> record_;
    std::optional<proxy::engine_watch> watch_;
    std::optional<proxy::server> server_;
    std::optional<proxy::known_changes> answers_;
    std::optional<control_api> api_;
    std::optional<control_server> control_;
};

}  // namespace

int run_daemon(const config::loaded& configuration, const config::overrides& flags)
{
    asio::io_context loop(1);
    auto log = std::make_shared<log_history>(loop.get_executor());
    const process_log logging(configuration.values.log.level, log);
    parts one(loop, configuration, flags, std::move(log));
    std::exception_ptr failure;
    asio::co_spawn(loop, one.run(), [&failure](std::exception_ptr thrown) { failure = thrown; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return 0;
}
