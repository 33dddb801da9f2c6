#!/bin/sh
# For the user, as in Tiny Core.
