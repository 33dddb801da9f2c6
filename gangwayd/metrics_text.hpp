// Metrics as text, as Prometheus reads them: its exposition format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

enum class metric_type { counter, gauge, histogram };

// Name and value; the value may be any text.
using metric_labels = std::vector<std::pair<std::string_view, std::string>>;

class metrics_text {
public:
    static constexpr std::string_view media_type = "text/plain; version=0.0.4; charset=utf-8";

    // What follows is of the metric `name`, until the next is begun. `help` is one sentence.
    void begin(std::string_view name, metric_type type, std::string_view help);

    void sample(const metric_labels& labels, std::uint64_t value);
    void sample(const metric_labels& labels, double value);

    // Of a metric that has no labels, and so no other sample.
    template <class Number>
    void single(std::string_view name, metric_type type, std::string_view help, Number value)
    {
        begin(name, type, help);
        sample({}, value);
    }

    // `counts` has one more than `bounds`: what is above them all.
    void histogram(
        const metric_labels& labels,
        std::span<const double> bounds,
        std::span<const std::uint64_t> counts,
        double sum
    );

    const std::string& text() const { return text_; }

private:
    void line(std::string_view suffix, const metric_labels& labels, std::string_view value);

    std::string name_;
    std::string text_;
};
