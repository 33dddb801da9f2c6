# In the presets that compile everything a second time, several files of a target are compiled at once
# (CMAKE_UNITY_BUILD): what they include is compiled once for all of them.

# compile_apart(FILE…): these of this directory are compiled alone all the same, as they have a private
# name that another has, too. A clash is a compiler's error in those presets and no fault of the
# file's.
function(compile_apart)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
