// Steps of the story that is told in vm_life_test.cpp: the host's files in
// containers, on a VM that runs with shares_with_an_archive() and has an image `busybox`.
#pragma once

#include "tests/e2e/account.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace e2e {

// A directory beside the home, so that no other share leads to it.
std::filesystem::path archive_of(const account& user);

// Makes it. What is to be shared: it and /etc, read-only, and the home.
nlohmann::json shares_with_an_archive(const account& user);

void the_users_files_are_the_containers(const account& user);
void a_read_only_share_cannot_be_written(const account& user);
void what_the_guest_needs_itself_is_shared_elsewhere(const account& user);
void what_is_not_shared_is_refused(const account& user);

}  // namespace e2e
