// A console, or else a file and the event log.
#include "gangwayd/log_sinks_windows.hpp"

#include "gangwayd/event_log_windows.hpp"
#include "gangwayd/log_sinks.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>

namespace {

constexpr std::size_t longest_file = 5UL * 1024 * 1024;
constexpr std::size_t kept_files = 3;

// What was chosen before there is a log.
std::vector<spdlog::sink_ptr>& chosen()
{
    static std::vector<spdlog::sink_ptr> sinks;
    return sinks;
}

}  // namespace

void log_to_file(const std::filesystem::path& file)
{
    std::filesystem::create_directories(file.parent_path());
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        file.string(), longest_file, kept_files
    );
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    chosen().push_back(std::move(sink));
}

void log_to_events(const std::string& source)
{
    auto sink = std::make_shared<event_log_sink>(source);
    sink->set_pattern("%v");
    sink->set_level(spdlog::level::warn);
    chosen().push_back(std::move(sink));
}

std::vector<spdlog::sink_ptr> log_sinks()
{
    if (!chosen().empty()) return chosen();
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
    return {std::move(sink)};
}
