package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/internal/admin"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// campaignOptions say which daemon to ask.
type campaignOptions struct {
	address, file string
	timeout       time.Duration
}

func campaignCommand(streams cliutil.Streams) *cobra.Command {
	var o campaignOptions
	cmd := &cobra.Command{
		Use:   "campaign",
		Short: "Follow a set of builds, such as a mass rebuild",
		Long: `A campaign is a named set of builds that a running daemon follows: what is to do, waits,
runs, is done or has failed, and when it will be over. These commands ask the admin
listener of the daemon, at the address that "kojiwatch status" would ask. They exit with
1 if the daemon refuses, and with 3 if no daemon answers.`,
		Args: cli.UnknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	adminFlags(cmd.PersistentFlags(), &o.address, &o.file, &o.timeout, 10*time.Second)
	cmd.AddCommand(campaignStart(streams, &o), campaignShow(streams, &o), campaignList(streams, &o), campaignStop(&o))
	return cmd
}

// ask calls a function with the address of the daemon. That none answers is a
// [*noDaemonError].
func (o *campaignOptions) ask(ctx context.Context, call func(ctx context.Context, address string) error) error {
	address, err := findAdmin(o.address, o.file)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	err = call(ctx, address)
	if refused, ok := errors.AsType[*admin.RefusedError](err); ok {
		return errors.New(cliutil.Visible(refused.Reason))
	}
	if err != nil {
		return &noDaemonError{err}
	}
	return nil
}

func campaignStart(streams cliutil.Streams, o *campaignOptions) *cobra.Command {
	var d campaign.Definition
	var since, lasts, packages, nvrs string
	cmd := &cobra.Command{
		Use:   "start NAME",
		Short: "Start a campaign",
		Long: `start has the daemon follow the builds that meet all conditions that are given. In names,
* stands for any text and ? for one character. Packages and NVRs without these are what
there is to do; without any, what there is to do is not known before it begins.

Scratch builds do not count. A package that failed and then succeeded is done.`,
		Example: `  kojiwatch campaign start f44-rebuild --target f44-rebuild --packages-from packages.txt
  kojiwatch campaign start python --tag f44-python --since 2h`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d.Name = args[0]
			if err := bounds(&d, since, lasts, time.Now()); err != nil {
				return cli.UsageError{Err: err}
			}
			err := errors.Join(readNames(&d.Packages, packages, streams.In), readNames(&d.NVRs, nvrs, streams.In))
			if err != nil {
				return err
			}
			if err := d.Check(); err != nil {
				return cli.UsageError{Err: err}
			}
			return o.ask(cmd.Context(), func(ctx context.Context, address string) error {
				return admin.StartCampaign(ctx, address, &d)
			})
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&d.Targets, "target", nil, "builds for this build target, by its `name`")
	f.StringSliceVar(&d.Tags, "tag", nil, "builds for or in this tag, by its `name`; a side tag, for example")
	f.StringSliceVar(&d.Owners, "owner", nil, "builds of this owner, by the `name`")
	f.StringSliceVar(&d.Packages, "package", nil, "builds of this package, by its `name`")
	f.StringSliceVar(&d.NVRs, "nvr", nil, "the build with this `NVR`")
	f.StringVar(&packages, "packages-from", "", "a `file` with a package on each line; - is standard input")
	f.StringVar(&nvrs, "nvrs-from", "", "a `file` with an NVR on each line; - is standard input")
	f.StringVar(&since, "since", "", "builds that were created so `long` ago or later, such as 2h; default: from now on")
	f.StringVar(&lasts, "for", "", "builds that are created up to so `long` from now, such as 7d; default: until it is stopped")
	f.StringVar(&d.Digest, "digest", "", "the `hour` of the daemon's local time, such as 08:00, at which sinks are told each day how far it is; default: they are not")
	return cmd
}

// bounds sets when builds of a campaign are created.
func bounds(d *campaign.Definition, since, lasts string, now time.Time) error {
	for _, b := range []struct {
		flag, text string
		to         *time.Time
		sign       time.Duration
	}{{"since", since, &d.Since, -1}, {"for", lasts, &d.Until, 1}} {
		if b.text == "" {
			continue
		}
		length, err := values.ParseDuration(b.text)
		if err != nil {
			return fmt.Errorf("--%s: %w", b.flag, err)
		}
		*b.to = now.Add(b.sign * length)
	}
	if d.Since.IsZero() {
		d.Since = now
	}
	return nil
}

// readNames appends the lines of a file; empty ones and what follows # are left out.
func readNames(to *[]string, file string, stdin io.Reader) error {
	in := stdin
	switch file {
	case "":
		return nil
	case "-":
	default:
		f, err := os.Open(file)
		if err != nil {
			return cli.UsageError{Err: err}
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		name, _, _ := strings.Cut(lines.Text(), "#")
		if name = strings.TrimSpace(name); name != "" {
			*to = append(*to, name)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}

func campaignShow(streams cliutil.Streams, o *campaignOptions) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show NAME",
		Short:   "Show how far a campaign is",
		Example: "  kojiwatch campaign show f44-rebuild",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := campaign.CheckName(args[0]); err != nil {
				return cli.UsageError{Err: err}
			}
			return o.ask(cmd.Context(), func(ctx context.Context, address string) error {
				report, text, err := admin.CampaignReport(ctx, address, args[0])
				if err != nil {
					return err
				}
				return printReport(streams, report, text, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report as a JSON object")
	return cmd
}

func campaignList(streams cliutil.Streams, o *campaignOptions) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the campaigns",
		Example: "  kojiwatch campaign list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.ask(cmd.Context(), func(ctx context.Context, address string) error {
				reports, text, err := admin.CampaignReports(ctx, address)
				if err != nil {
					return err
				}
				return printReports(streams, reports, text, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the campaigns as a JSON object")
	return cmd
}

func campaignStop(o *campaignOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "stop NAME",
		Short:   "Stop a campaign; its report stays",
		Example: "  kojiwatch campaign stop f44-rebuild",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := campaign.CheckName(args[0]); err != nil {
				return cli.UsageError{Err: err}
			}
			return o.ask(cmd.Context(), func(ctx context.Context, address string) error {
				return admin.StopCampaign(ctx, address, args[0])
			})
		},
	}
}
