// Containers with an open standard input and connections attached to them, by hand.
#pragma once

#include "tests/integration/scene.hpp"

#include <string>
#include <string_view>

namespace conformance {

inline constexpr auto upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";

// A container that is created and not started.
std::string create_with_input(const integration::scene& scene, const std::string& script);

// A container that runs and takes input from any number of attachments.
std::string run_with_input(const integration::scene& scene, const std::string& script);

// Starts it through gangwayd.
void start(const integration::scene& scene, const std::string& container);

// The path of an attach to every stream.
std::string attach_path(const std::string& container);

// Attach is sent; its answer is not read yet.
integration::raw_client attach(
    const integration::scene& scene,
    const std::string& container,
    std::string_view headers = upgrade
);

// An exec of the shell's `script` that is created, directly, and not started. Its id.
std::string create_exec(
    const integration::scene& scene, const std::string& container, const std::string& script
);

}  // namespace conformance
