// Configurations: any text is either refused in words or loads, prints, and loads again.
#include "config/load.hpp"
#include "config/print.hpp"
#include "tests/fuzz/fuzz_input.hpp"

#include <optional>
#include <string>

using namespace fuzz;

namespace {

config::environment alice()
{
    config::environment where;
    where.home = "/home/alice";
    where.xdg_runtime_dir = "/run/user/1000";
    where.working_directory = "/home/alice/work";
    return where;
}

// Lines "--flag value" before the text of the file.
config::overrides take_flags(std::string_view& text)
{
    config::overrides flags;
    while (text.starts_with("--")) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto space = std::min(line.size(), line.find(' '));
        const auto flag = line.substr(0, space);
        const std::string value(line.substr(std::min(line.size(), space + 1)));
        if (flag == "--listen") flags.listen.push_back(value);
        if (flag == "--engine") flags.engine = value;
        if (flag == "--tls-dir") flags.tls_dir = value;
        if (flag == "--control") flags.control = value;
        if (flag == "--log-level") flags.log_level = value;
        if (flag == "--instance") flags.instance = value;
    }
    return flags;
}

void check_words(const config::config_error& error)
{
    demand(!error.problems().empty(), "an error names a problem");
    for (const auto& problem : error.problems()) {
        demand(!problem.what.empty(), "a problem says what is wrong");
        const auto line = to_string(problem);
        bool plain = true;
        for (std::size_t index = 0; index < line.size(); ++index) {
            const auto byte = static_cast<unsigned char>(line[index]);
            // C2 80 to C2 9F are the control characters U+0080 to U+009F.
            const bool after_c2 = index > 0 && line[index - 1] == '\xC2';
            if (byte < ' ' || byte == 0x7F || (after_c2 && byte < 0xA0)) plain = false;
        }
        demand(plain, "a problem is one line without control characters");
    }
}

std::optional<config::loaded> load(std::string_view text, const config::overrides& flags)
{
    try {
        return config::load(alice(), config::file_text{"gangway.json", std::string(text)}, flags);
    } catch (const config::config_error& error) {
        check_words(error);
        return std::nullopt;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    auto text = fuzz_input(data, size).rest();
    const auto flags = take_flags(text);
    const auto configuration = load(text, flags);
    if (!configuration) return 0;

    // JSON cannot hold what the command line may: a path that is not UTF-8.
    const auto flag_text =
        std::string_view(reinterpret_cast<const char*>(data), size).substr(0, size - text.size());
    if (std::any_of(flag_text.begin(), flag_text.end(), [](char c) { return c < 0; })) return 0;

    const auto printed = config::print(*configuration);
    config::overrides instance_alone;
    instance_alone.instance = flags.instance;
    const auto again = load(printed, instance_alone);
    demand(again.has_value(), "what is printed can be loaded");
    demand(again->values == configuration->values, "what is printed loads to the same settings");
    const auto once_more = load(config::print(*again), instance_alone);
    demand(once_more && once_more->values == again->values, "and so does that");
    return 0;
}
