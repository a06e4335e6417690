package proc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// pipeGrace is how long the output of a dead child is read if a grandchild keeps the
// pipe open.
const pipeGrace = 5 * time.Second

// Child is a started process, which will be reaped.
type Child struct {
	cmd  *exec.Cmd
	name string
	done chan struct{}
	err  error // of exec.Cmd.Wait; read only once done is closed
}

// Start starts cmd in its own process group. cmd must not have been started and must
// not have a SysProcAttr.
func Start(cmd *exec.Cmd) (*Child, error) {
	cmd.SysProcAttr = attributes()
	if cmd.WaitDelay == 0 {
		cmd.WaitDelay = pipeGrace
	}
	c := &Child{cmd: cmd, name: filepath.Base(cmd.Path), done: make(chan struct{})}
	started := make(chan error)
	go c.keep(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", c.name, err)
	}
	return c, nil
}

// keep starts the child and waits for it, on one thread: the kernel sends the
// death signal when the thread that forked the child ends, not the process.
func (c *Child) keep(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := c.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	c.err = c.cmd.Wait()
	// Kill the processes that it left behind, too; nothing else ends them.
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
	close(c.done)
}

// PID returns the process ID, which is meaningless once Done is closed.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Done returns a channel that is closed when the child has ended and was reaped.
func (c *Child) Done() <-chan struct{} { return c.done }

// Running reports whether the child has not ended yet.
func (c *Child) Running() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// Signal sends sig to the child only. It returns os.ErrProcessDone if the child has
// ended.
func (c *Child) Signal(sig os.Signal) error {
	if err := c.cmd.Process.Signal(sig); err != nil {
		return fmt.Errorf("signal %s: %w", c.name, err)
	}
	return nil
}

// SignalGroup sends sig to the child's process group. It does nothing once the child
// has ended.
func (c *Child) SignalGroup(sig syscall.Signal) error {
	if !c.Running() {
		return nil
	}
	if err := syscall.Kill(-c.cmd.Process.Pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal group of %s: %w", c.name, err)
	}
	return nil
}

// Kill kills the child and its process group, and waits for the child.
func (c *Child) Kill() {
	_ = c.SignalGroup(syscall.SIGKILL)
	<-c.done
}

// Stop sends sig to the child and waits until it ends. If ctx ends first, Stop kills the
// child and returns the context's error.
func (c *Child) Stop(ctx context.Context, sig os.Signal) error {
	if err := c.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		c.Kill()
		return fmt.Errorf("stop %s: still running, killed: %w", c.name, ctx.Err())
	}
}

// endLimit is how long a child may take to end after SIGTERM.
const endLimit = 10 * time.Second

// End stops the child with SIGTERM, even if ctx has ended, and kills it if it does not
// end soon. End does nothing if the child is nil.
func (c *Child) End(ctx context.Context) {
	if c == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	_ = c.Stop(ctx, syscall.SIGTERM)
}

// Wait waits until the child ends and returns its exit status as a shell does: the exit
// code, or 128 plus the number of the signal that ended it. Wait fails if ctx ends or the
// status is unknown.
func (c *Child) Wait(ctx context.Context) (int, error) {
	select {
	case <-c.done:
	case <-ctx.Done():
		return -1, fmt.Errorf("wait for %s: %w", c.name, ctx.Err())
	}
	var exit *exec.ExitError
	if c.err != nil && !errors.As(c.err, &exit) && !errors.Is(c.err, exec.ErrWaitDelay) {
		return -1, fmt.Errorf("wait for %s: %w", c.name, c.err)
	}
	state := c.cmd.ProcessState
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal()), nil
	}
	return state.ExitCode(), nil
}
