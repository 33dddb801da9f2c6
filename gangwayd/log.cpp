// spdlog set up with the sinks that there are.
#include "gangwayd/log.hpp"

#include "gangwayd/log_sinks.hpp"

#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

namespace {

spdlog::level::level_enum spdlog_level(config::log_level level)
{
    switch (level) {
        case config::log_level::error:
            return spdlog::level::err;
        case config::log_level::warning:
            return spdlog::level::warn;
        case config::log_level::info:
            return spdlog::level::info;
        case config::log_level::debug:
            return spdlog::level::debug;
    }
    return spdlog::level::info;
}

void log_to(const std::vector<spdlog::sink_ptr>& sinks, spdlog::level::level_enum level)
{
    auto logger = std::make_shared<spdlog::logger>("gangwayd", sinks.begin(), sinks.end());
    logger->flush_on(spdlog::level::debug);
    logger->set_level(level);
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace

process_log::process_log(config::log_level level, std::shared_ptr<log_history> history)
{
    history->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    auto sinks = log_sinks();
    sinks.push_back(std::move(history));
    log_to(sinks, spdlog_level(level));
}

process_log::~process_log()
{
    log_to(log_sinks(), spdlog::get_level());
}

void set_log_level(config::log_level level)
{
    spdlog::set_level(spdlog_level(level));
}
