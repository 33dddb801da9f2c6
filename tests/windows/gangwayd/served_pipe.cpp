// The programs are those of this build.
#include "tests/windows/gangwayd/served_pipe.hpp"

#include <random>
#include <stdexcept>

namespace windows_support {

std::string new_pipe_name()
{
    std::random_device random;
    return "gangway-test-" + std::to_string(random());
}

std::vector<std::string> served_pipe::called(const std::vector<std::string>& options)
{
    std::vector<std::string> words{GANGWAYD_PROGRAM};
    words.insert(words.end(), options.begin(), options.end());
    return words;
}

served_pipe::served_pipe()
    : name_(new_pipe_name()),
      options_{
          "--engine",
          engine_.endpoint(),
          "--listen",
          docker_endpoint(),
          "--control",
          control_endpoint(),
          "--log-level",
          "debug"},
      daemon_(called(options_), here_ / "gangwayd.log")
{
    if (!daemon_.says(" ready")) throw std::runtime_error("gangwayd: " + daemon_.said());
}

outcome served_pipe::gangway(std::vector<std::string> words) const
{
    words.insert(words.begin(), {GANGWAY_PROGRAM, "--control", control_endpoint()});
    return run(words);
}

}  // namespace windows_support
