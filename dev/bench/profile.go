package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/app"
)

// profileTo has the daemon empty a queue inside this process and writes where
// its CPU time goes, as "go build" reads it to make the daemon faster.
func (b *bench) profileTo(ctx context.Context, path string) (err error) {
	if err := b.fill(ctx); err != nil {
		return err
	}
	config, err := app.LoadConfig(b.configFile)
	if err != nil {
		return err
	}
	out, err := os.Create(b.output)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	file, err := os.Create(filepath.Join(b.dir, "cpu.pprof"))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	err = app.Run(ctx, app.Streams{In: os.Stdin, Out: out, Err: os.Stderr}, config, app.RunOptions{Count: b.messages})
	pprof.StopCPUProfile()
	if err != nil {
		return fmt.Errorf("kojiwatch: %w", err)
	}
	profile, err := os.ReadFile(file.Name())
	if err != nil {
		return err
	}
	return os.WriteFile(path, profile, 0o644)
}
