// Lines, labels and numbers.
#include "gangwayd/metrics_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace {

constexpr std::array<std::string_view, 3> type_names{"counter", "gauge", "histogram"};

// In help a quotation mark stands for itself.
std::string escaped(std::string_view text, bool in_quotes)
{
    std::string safe;
    for (const char each : text) {
        if (each == '\n') {
            safe += "\\n";
            continue;
        }
        if (each == '\\' || (in_quotes && each == '"')) safe += '\\';
        safe += each;
    }
    return safe;
}

// The shortest text that reads as the same number.
std::string written(double value)
{
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

}  // namespace

void metrics_text::begin(std::string_view name, metric_type type, std::string_view help)
{
    name_ = name;
    text_ += "# HELP " + name_ + " " + escaped(help, false) + "\n";
    text_ += "# TYPE " + name_ + " ";
    text_ += type_names.at(static_cast<std::size_t>(type));
    text_ += '\n';
}

void metrics_text::sample(const metric_labels& labels, std::uint64_t value)
{
    line("", labels, std::to_string(value));
}

void metrics_text::sample(const metric_labels& labels, double value)
{
    line("", labels, written(value));
}

void metrics_text::histogram(
    const metric_labels& labels,
    std::span<const double> bounds,
    std::span<const std::uint64_t> counts,
    double sum
)
{
    auto in_step = labels;
    in_step.emplace_back("le", "");
    std::uint64_t so_far = 0;
    for (std::size_t step = 0; step < counts.size(); ++step) {
        so_far += counts[step];
        in_step.back().second = step < bounds.size() ? written(bounds[step]) : "+Inf";
        line("_bucket", in_step, std::to_string(so_far));
    }
    line("_sum", labels, written(sum));
    line("_count", labels, std::to_string(so_far));
}

void metrics_text::line(
    std::string_view suffix, const metric_labels& labels, std::string_view value
)
{
    text_ += name_;
    text_ += suffix;
    char before = '{';
    for (const auto& [name, label] : labels) {
        text_ += std::exchange(before, ',');
        text_ += name;
        text_ += "=\"" + escaped(label, true) + "\"";
    }
    if (!labels.empty()) text_ += '}';
    text_ += ' ';
    text_ += value;
    text_ += '\n';
}
