// Steps of the stories that are told in vm_life_test.cpp and clients_test.cpp: ports of containers
// on the host, and the host's name in containers, on a VM that has an image `busybox`.
#pragma once

#include "tests/e2e/account.hpp"
#include "tests/e2e/host_ports.hpp"

#include <string>

namespace e2e {

// The ports of the container `web`, which answers there whatever happens to the VM.
struct published {
    std::string everywhere = free_port();
    std::string loopback = free_port();
};

void what_containers_publish_is_open_here(const account& user, const published& ports);

// By ranges, by -P, on ::1 alone: each before the client returns, and again when the container has
// crashed, and when the engine has.
void every_way_of_publishing_survives_a_crash(const account& user);

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
