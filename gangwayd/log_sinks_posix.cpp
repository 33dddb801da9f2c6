// Standard error: for a terminal, or for the journal.
#include "gangwayd/log_sinks.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace {

// "<4>", as sd-daemon(3) has it.
class priority_flag final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out)
        override
    {
        const char digit = [&message] {
            switch (message.level) {
                case spdlog::level::critical:
                case spdlog::level::err:
                    return '3';
                case spdlog::level::warn:
                    return '4';
                case spdlog::level::info:
                    return '6';
                default:
                    return '7';
            }
        }();
        out.push_back('<');
        out.push_back(digit);
        out.push_back('>');
    }

    std::unique_ptr<custom_flag_formatter> clone() const override
    {
        return std::make_unique<priority_flag>();
    }
};

spdlog::sink_ptr stderr_sink()
{
    if (std::getenv("JOURNAL_STREAM") == nullptr) {
        auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
        sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
        return sink;
    }
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<priority_flag>('*').set_pattern("%*%v");
    sink->set_formatter(std::move(formatter));
    return sink;
}

}  // namespace

std::vector<spdlog::sink_ptr> log_sinks()
{
    return {stderr_sink()};
}
