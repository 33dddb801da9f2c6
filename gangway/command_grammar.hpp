// The words, options and subcommands that there are, in CLI11's terms. With command_line.cpp, the
// only place that knows CLI11.
#pragma once

#include "gangway/command_line.hpp"

#include <CLI/CLI.hpp>

#include <initializer_list>
#include <string>

namespace gangway {

// The whole grammar. What is parsed goes into `result`, which must outlive the program.
class command_grammar {
public:
    explicit command_grammar(invocation& result);

    CLI::App& program() { return program_; }

private:
    CLI::App* add(
        const std::string& name,
        verb what,
        const std::string& text,
        std::initializer_list<const char*> aliases = {}
    );
    // A command of two words: its first, and one that may follow it.
    CLI::App& add_group(const std::string& name, const std::string& text);
    CLI::App* add_step(
        CLI::App& group, const std::string& name, verb what, const std::string& text
    );
    void add_json(CLI::App* command);
    void add_power();
    void add_disk();
    void add_image();
    void add_looks();
    void add_doctor();
    void add_ways_in();
    void add_set_up();
    void add_context();
    void add_socket();

    invocation& result_;
    CLI::App program_;
};

}  // namespace gangway
