// What Prometheus' own checker asks of metrics in text form.
#pragma once

#include <map>
#include <string>
#include <vector>

struct read_metrics {
    // "name{label=\"value\"}", as written, and the value as written.
    std::map<std::string, std::string> samples;
    // What is wrong, a sentence each.
    std::vector<std::string> faults;
};

// By the grammar of the exposition format, and the rules of `promtool check metrics` (prometheus
// client_golang, prometheus/testutil/promlint).
read_metrics read_by_the_rules(const std::string& text);
