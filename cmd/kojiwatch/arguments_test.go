package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// TestArguments: every command that wants a number of arguments says so in the same
// words, whoever made it.
func TestArguments(t *testing.T) {
	many := []string{"a", "b", "c", "d"}
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			check(sub)
		}
		if cmd.Args == nil || cmd.HasSubCommands() {
			return
		}
		for _, args := range [][]string{{}, many} {
			err := cmd.Args(cmd, args)
			if err == nil {
				continue
			}
			want := "an argument is missing; write " + cmd.CommandPath()
			if len(args) > 0 {
				want = `unexpected argument "`
			}
			if code := exitCode(err, &bytes.Buffer{}); code != exitUsage || !strings.Contains(err.Error(), want) {
				t.Errorf("%s %v: code %d, %v", cmd.CommandPath(), args, code, err)
			}
		}
	}
	check(rootCommand(cliutil.Streams{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}))
}

func TestUnexpectedArgument(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"one too many":      {[]string{"cache", "get", "user", "5", "6"}, `unexpected argument "6"; write kojiwatch cache get KIND ID`},
		"none wanted":       {[]string{"demo", "x", "y"}, `unexpected argument "x"; write kojiwatch demo`},
		"one too few":       {[]string{"cache", "get", "user"}, "an argument is missing; write kojiwatch cache get KIND ID"},
		"made by cobra":     {[]string{"completion", "bash", "x"}, `unexpected argument "x"; write kojiwatch completion bash`},
		"no such shell":     {[]string{"completion", "bsh"}, `unknown command "bsh"; did you mean bash`},
		"control character": {[]string{"demo", "\x1b[2J"}, `unexpected argument "\x1b[2J"`},
	} {
		t.Run(name, func(t *testing.T) {
			root := rootCommand(cliutil.Streams{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})
			root.SetArgs(c.args)
			if err := root.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
