package main

import "runtime/debug"

// version is set at link time with -X main.version=VERSION.
var version string

// versionName is what the build was told, else what Go recorded of the
// sources.
func versionName() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}
