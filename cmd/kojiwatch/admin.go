package main

import (
	"cmp"
	"errors"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// The sources of the admin listener's address unless the command line names one.
const (
	adminVariable = "KOJIWATCH_ADMIN"
	defaultAdmin  = "127.0.0.1:9672"
)

// adminFlags adds the flags that select the daemon and the time limit for its answer, which is
// patience by default.
func adminFlags(f *pflag.FlagSet, address, file *string, timeout *time.Duration, patience time.Duration) {
	f.StringVar(address, "admin", "", "the `address` of the admin listener, like 127.0.0.1:9672 or unix:/PATH")
	f.StringVarP(file, "config", "c", "", "the configuration `file` that names the address")
	f.DurationVar(timeout, "timeout", patience, "how `long` the answer may take")
}

// adminAddress returns the address of the admin listener from the command line or the
// environment; "" if neither has one.
func adminAddress(address, file string) (string, error) {
	if file == "" {
		return cmp.Or(address, os.Getenv(adminVariable)), nil
	}
	if address != "" {
		return "", cli.UsageError{Err: errors.New("--admin and --config do not go together")}
	}
	c, err := sinkbuild.LoadConfig(file)
	if err != nil {
		return "", err
	}
	if c.Admin.Listen == "" {
		return "", c.Problem("admin.listen", "is missing; without it the daemon cannot be asked")
	}
	return c.Admin.Listen, nil
}

// findAdmin returns the address of adminAddress; without one, that in the configuration that
// "kojiwatch run" would find, else the default.
func findAdmin(address, file string) (string, error) {
	address, err := adminAddress(address, file)
	if err != nil || address != "" {
		return address, err
	}
	return cmp.Or(cli.AdminOf(cliutil.ConfigFile("")), defaultAdmin), nil
}
