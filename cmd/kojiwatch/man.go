package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// manualText is the part of kojiwatch(1) that --help does not have.
//
//go:embed man.md
var manualText []byte

// manCommand returns the command that writes the manual pages, for packagers and those who
// build kojiwatch themselves. It is hidden, since it has nothing to do with Koji.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write the manual pages into a folder",
		Long: `man writes kojiwatch(1), a page for each command and kojiwatch.yaml(5) into man1 and
man5 below a folder. Their date is today, or SOURCE_DATE_EPOCH.`,
		Example: `  kojiwatch man ~/.local/share/man`,
		Hidden:  true,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			date, err := manualDate(os.Getenv("SOURCE_DATE_EPOCH"))
			if err != nil {
				return err
			}
			return writeManual(cmd.Root(), args[0], date)
		},
	}
}

// manualDate returns the time of an epoch in seconds, or now if it is empty. It is in UTC, so
// that the pages do not depend on the time zone.
func manualDate(epoch string) (time.Time, error) {
	if epoch == "" {
		return time.Now().UTC(), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, cli.UsageError{Err: fmt.Errorf("read SOURCE_DATE_EPOCH: %w", err)}
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func writeManual(root *cobra.Command, dir string, date time.Time) error {
	commands, files := filepath.Join(dir, "man1"), filepath.Join(dir, "man5")
	for _, section := range []string{commands, files} {
		if err := os.MkdirAll(section, 0o755); err != nil {
			return fmt.Errorf("make folder for manual pages: %w", err)
		}
	}
	root.DisableAutoGenTag = true
	for _, c := range root.Commands() {
		// Whoever has the manual pages has the completions too.
		if c.Name() == "completion" {
			c.Hidden = true
		}
	}
	// Name and version only, so that a page does not depend on how kojiwatch was built.
	source := strings.Join(strings.Fields(cliutil.Version())[:2], " ")
	header := doc.GenManHeader{Section: "1", Date: &date, Source: source, Manual: "kojiwatch"}
	if err := doc.GenManTree(root, &header, commands); err != nil {
		return fmt.Errorf("write manual pages: %w", err)
	}
	if err := completeManual(filepath.Join(commands, "kojiwatch.1")); err != nil {
		return err
	}
	page := fmt.Sprintf("%% \"KOJIWATCH.YAML\" \"5\" %q %q \"kojiwatch\"\n%s", date.Format("Jan 2006"), source, config.Manual())
	if err := os.WriteFile(filepath.Join(files, "kojiwatch.yaml.5"), md2man.Render([]byte(page)), 0o644); err != nil {
		return fmt.Errorf("write manual page of the configuration: %w", err)
	}
	return nil
}

// completeManual adds manualText to the page of the program.
func completeManual(path string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read manual page: %w", err)
	}
	own, more, _ := bytes.Cut(page, []byte(".SH SEE ALSO\n"))
	text := md2man.Render(manualText)
	_, text, _ = bytes.Cut(text, []byte(".SH ")) // a title comes before
	page = bytes.Join([][]byte{own, []byte(".SH "), text, more}, nil)
	if err := os.WriteFile(path, page, 0o644); err != nil {
		return fmt.Errorf("write manual page: %w", err)
	}
	return nil
}
