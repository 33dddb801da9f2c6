# precompile(TARGET HEADER…): those are read once for all files of TARGET, in the preset that compiles
# everything a second time for a sanitizer. The others do without, so that a file which forgets an
# include does not compile there.
option(GANGWAY_PRECOMPILED "Set by the preset asan" OFF)

function(precompile TARGET)
    if(GANGWAY_PRECOMPILED)
        target_precompile_headers(${TARGET} PRIVATE ${ARGN})
        # So that ccache can keep what is compiled with them.
        target_compile_options(${TARGET} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
endfunction()
