// The grammar by expressions, the rules one by one.
#include "tests/unit/gangwayd/metrics_rules.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>
#include <utility>

namespace {

bool ends_with_any(const std::string& name, const std::vector<std::string>& ends)
{
    for (const auto& end : ends)
        if (name.ends_with(end)) return true;
    return false;
}

struct family {
    std::string name;
    std::string type;
    bool has_help = false;
};

std::vector<std::string> faults_of_name(const family& of)
{
    std::vector<std::string> faults;
    const auto is = [&](bool wrong, const std::string& what) {
        if (wrong) faults.push_back(of.name + ": " + what);
    };
    const bool counts = of.type == "counter";
    is(!of.has_help, "no help text");
    is(counts && !of.name.ends_with("_total"), "a counter ends with _total");
    is(!counts && of.name.ends_with("_total"), "only a counter ends with _total");
    is(ends_with_any(of.name, {"_bucket", "_count", "_sum"}), "an end that histograms have");
    is(ends_with_any(of.name, {"_counter", "_gauge", "_histogram"}), "a type in the name");
    is(of.name.find(':') != std::string::npos, "colons are for rules");
    is(std::regex_search(of.name, std::regex("[A-Z]")), "not in lower case");
    static const std::regex units(
        "_(milliseconds|microseconds|nanoseconds|minutes|hours|days|kilobytes|megabytes|gigabytes|"
        "kibibytes|mebibytes|gibibytes|bits|percent|ms|us|ns|sec|kb|mb|gb|s|min)(_|$)"
    );
    is(std::regex_search(of.name, units), "not in a base unit, or abbreviated");
    return faults;
}

}  // namespace

read_metrics read_by_the_rules(const std::string& text)
{
    static const std::regex help(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))");
    static const std::regex type(R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram))");
    static const std::regex sample(
        R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_]\w*="([^"\\]|\\["\\n])*"(,[a-zA-Z_]\w*="([^"\\]|\\["\\n])*")*\})? (\S+))re"
    );
    read_metrics read;
    const auto fault = [&read](std::string what) { read.faults.push_back(std::move(what)); };
    std::set<std::string> names;
    family current;
    std::istringstream lines(text);
    std::smatch found;
    if (!text.ends_with('\n')) fault("the last line does not end");
    for (std::string line; std::getline(lines, line);) {
        if (std::regex_match(line, found, help)) {
            current = {found[1], "", true};
            if (!names.insert(current.name).second) fault(current.name + " is there twice");
        } else if (std::regex_match(line, found, type)) {
            if (found[1] != current.name) current = {found[1], "", false};
            current.type = found[2];
            for (auto& each : faults_of_name(current)) fault(std::move(each));
        } else if (std::regex_match(line, found, sample)) {
            const std::string name = found[1];
            const bool is_histogram = current.type == "histogram";
            const std::string end = name.substr(std::min(current.name.size(), name.size()));
            const bool fits =
                name.starts_with(current.name) &&
                (is_histogram ? end == "_bucket" || end == "_sum" || end == "_count" : end.empty());
            if (!fits || current.type.empty()) fault("not of the metric above it: " + line);
            const std::string value = found[6];
            char* rest = nullptr;
            std::strtod(value.c_str(), &rest);
            if (*rest != '\0') fault("no number: " + line);
            if (!read.samples.emplace(name + found[2].str(), value).second)
                fault("a second time: " + line);
        } else {
            fault("not understood: " + line);
        }
    }
    return read;
}
