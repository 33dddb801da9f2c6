// A program run by a test. Output goes to memory files, so that a program never blocks on a test
// that does not read it.
#include "tests/support/process.hpp"

#include "tests/support/test_directory.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace test_support {
namespace {

unique_fd checked(int descriptor, const std::string& what)
{
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
    return unique_fd(descriptor);
}

unique_fd memory_file()
{
    return checked(::memfd_create("captured", MFD_CLOEXEC), "memfd_create");
}

std::string content_of(const unique_fd& file)
{
    struct stat status {};

    if (::fstat(file.get(), &status) != 0) return {};
    std::string content(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t done = 0;
    while (done < content.size()) {
        // pread, because the program shares the file's offset with us.
        const auto count = ::pread(
            file.get(), content.data() + done, content.size() - done, static_cast<off_t>(done)
        );
        if (count <= 0) break;
        done += static_cast<std::size_t>(count);
    }
    content.resize(done);
    return content;
}

// False when the reader is gone.
bool write_all(int descriptor, std::string_view text)
{
    while (!text.empty()) {
        const auto count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

struct input_ends {
    unique_fd childs;
    unique_fd ours;
};

input_ends make_pipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    return {unique_fd(ends[0]), unique_fd(ends[1])};
}

input_ends open_input(const process_input& input)
{
    if (const auto* file = std::get_if<input_file>(&input)) {
        return {checked(::open(file->path.c_str(), O_RDONLY | O_CLOEXEC), file->path.string()), {}};
    }
    if (std::holds_alternative<no_input>(input)) {
        return {checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"), {}};
    }
    return make_pipe();
}

}  // namespace

process::process(process_options options)
{
    // A program that ends early must fail its test, not kill it.
    ::signal(SIGPIPE, SIG_IGN);
    const prepared_command command(std::move(options.arguments), options.environment);
    description_ = command.description();
    out_ = options.output_file
               ? checked(
                     ::open(
                         options.output_file->c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600
                     ),
                     options.output_file->string()
                 )
               : memory_file();
    err_ = memory_file();
    auto input = open_input(options.input);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) {
        ::setpgid(0, 0);
        ::dup2(input.childs.get(), STDIN_FILENO);
        ::dup2(out_.get(), STDOUT_FILENO);
        ::dup2(err_.get(), STDERR_FILENO);
        command.execute(parent);
    }
    // Also here, so that the group exists before anything is sent to it.
    ::setpgid(pid, pid);
    child_ = std::make_unique<child>(pid);
    input_ = std::move(input.ours);
    if (auto* piped = std::get_if<piped_text>(&options.input)) {
        feeder_ = std::jthread([text = std::move(piped->text), pipe = std::move(input_)] {
            write_all(pipe.get(), text);
        });
    }
}

process::~process()
{
    // Ends the child, and with it the reader the feeder may be waiting for.
    child_.reset();
}

process_result process::finish(std::chrono::milliseconds limit)
{
    const auto status = wait(limit);
    if (!status) throw std::runtime_error(story("still runs"));
    return {*status, out(), err()};
}

void process::expect_output(std::string_view text, std::chrono::milliseconds limit)
{
    const auto printed = [&] {
        return out().find(text) != std::string::npos || err().find(text) != std::string::npos;
    };
    const auto seen_or_ended = [&] { return printed() || !running(); };
    if (!eventually(seen_or_ended, limit) || !printed()) {
        throw std::runtime_error(story("did not print '" + std::string(text) + "'"));
    }
}

std::string process::out() const
{
    return content_of(out_);
}

std::string process::err() const
{
    return content_of(err_);
}

void process::write_input(std::string_view text)
{
    if (!write_all(input_.get(), text)) throw std::runtime_error(story("does not read its input"));
}

void process::close_input()
{
    input_.reset();
}

std::string process::story(std::string_view complaint) const
{
    return "`" + description_ + "` " + std::string(complaint) + "\n--- stdout\n" +
           out().substr(0, 4096) + "\n--- stderr\n" + err().substr(0, 4096);
}

process_result run(process_options options, std::chrono::milliseconds limit)
{
    return process(std::move(options)).finish(limit);
}

std::string run_checked(process_options options, std::chrono::milliseconds limit)
{
    const auto program = options.arguments.front();
    auto result = run(std::move(options), limit);
    if (result.exit_status != 0) {
        throw std::runtime_error(
            program + " ended with " + std::to_string(result.exit_status) + ": " + result.err +
            result.out
        );
    }
    return std::move(result.out);
}

}  // namespace test_support
