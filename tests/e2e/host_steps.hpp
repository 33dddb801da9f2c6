// Steps of the story that is told in vm_life_test.cpp: the host's files, ports and name in
// containers, on a VM that runs with share_an_archive()'s settings and has an image `busybox`.
#pragma once

#include "tests/e2e/account.hpp"
#include "tests/e2e/host_ports.hpp"

#include <filesystem>
#include <string>

namespace e2e {

// A directory beside the home, so that no other share leads to it.
std::filesystem::path archive_of(const account& user);

// Before the daemon starts: shares it and /etc, read-only, and the home.
void share_an_archive(const account& user);

void the_users_files_are_the_containers(const account& user);
void a_read_only_share_cannot_be_written(const account& user);
void what_the_guest_needs_itself_is_shared_elsewhere(const account& user);
void what_is_not_shared_is_refused(const account& user);

// The ports of the container `web`, which answers there whatever happens to the VM.
struct published {
    std::string everywhere = free_port();
    std::string loopback = free_port();
};

void what_containers_publish_is_open_here(const account& user, const published& ports);

// On a host that has one beside the loopback's.
void an_address_of_the_host_can_be_chosen(const account& user);

// Of a container without a network of its own, which publishes nothing.
void what_listens_on_the_engines_network_is_open_here(const account& user);

// Through the swarm's own network and beside it, until the engine leaves the swarm.
void what_a_service_publishes_is_open_here(const account& user);

// Without a request of anybody's.
void what_was_published_is_open_again(const published& ports);

// A server that listens on this host's loopback, from any network and without a word in the
// request.
void containers_reach_the_host(const account& user);

}  // namespace e2e
