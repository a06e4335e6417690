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

// pipeGrace is how long a dead child's output is still read where a grandchild
// holds the pipe open.
const pipeGrace = 5 * time.Second

// Child is a process that was started and will be reaped.
type Child struct {
	cmd  *exec.Cmd
	name string
	done chan struct{}
	err  error // of exec.Cmd.Wait; read only once done is closed
}

// Start runs cmd, in a process group of its own. The command must not have
// been started, nor be given a SysProcAttr.
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
	// What it forked and left behind goes too; no one else ends it.
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
	close(c.done)
}

// PID is the process ID. It means nothing once Done is closed.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Done is closed when the child has ended and was reaped.
func (c *Child) Done() <-chan struct{} { return c.done }

// Running tells whether the child has not ended yet.
func (c *Child) Running() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// Signal sends sig to the child alone. A child that has ended gives
// os.ErrProcessDone.
func (c *Child) Signal(sig os.Signal) error {
	if err := c.cmd.Process.Signal(sig); err != nil {
		return fmt.Errorf("signal %s: %w", c.name, err)
	}
	return nil
}

// SignalGroup sends sig to the child and all in its process group. It does
// nothing once the child has ended.
func (c *Child) SignalGroup(sig syscall.Signal) error {
	if !c.Running() {
		return nil
	}
	if err := syscall.Kill(-c.cmd.Process.Pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal group of %s: %w", c.name, err)
	}
	return nil
}

// Kill ends the child and its process group at once, and waits for it.
func (c *Child) Kill() {
	_ = c.SignalGroup(syscall.SIGKILL)
	<-c.done
}

// Stop asks the child to end with sig, and waits. When ctx ends first the child
// is killed and the context's error returned.
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

// endLimit is how long a child may take to end.
const endLimit = 10 * time.Second

// End stops the child with SIGTERM, even if ctx has ended, and kills it if it does not
// end soon. A nil child is one that was never started.
func (c *Child) End(ctx context.Context) {
	if c == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	_ = c.Stop(ctx, syscall.SIGTERM)
}

// Wait waits for the child to end and gives its exit status: the exit code, or
// 128 plus the number of the signal that ended it, as a shell would say. The
// error is the context's, or says that the status could not be had.
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
