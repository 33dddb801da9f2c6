// The machine's event log. For the files of Windows alone.
#pragma once

#include "gangwayd/event_kind.hpp"

#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string>

// One event, of `source`. An event log that takes none is no reason to fail.
void report_event(const std::string& source, event_kind kind, const std::string& text);

// Every line that it is given is an event.
class event_log_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit event_log_sink(std::string source) : source_(std::move(source)) {}

private:
    void sink_it_(const spdlog::details::log_msg& message) override;

    void flush_() override {}

    std::string source_;
};

// So that the event log's viewer finds the messages' text in the program at `program`. Needs an
// administrator. Throws std::system_error.
void install_event_source(const std::string& source, const std::string& program);
void remove_event_source(const std::string& source);
