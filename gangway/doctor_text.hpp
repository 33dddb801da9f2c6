// The findings of `gangway doctor` for a person and for a program. Pure.
#pragma once

#include "gangway/doctor_finding.hpp"

#include <cstddef>
#include <string>

namespace gangway {

// A line a finding, and one below for what to do; then how many of which kind there are.
std::string findings_text(const findings& all, bool colour);

// An array of {"check", "verdict", "found", "advice"}; the verdict is "ok", "warning" or "wrong".
std::string findings_json(const findings& all);

std::size_t count(const findings& all, verdict judged);

}  // namespace gangway
