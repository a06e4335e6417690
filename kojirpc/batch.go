package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/multicall"
)

// ErrNotSent reports that a call of a batch has not been sent.
var ErrNotSent = errors.New("not sent")

// Batch is several calls that are sent together. It is not safe for concurrent use.
//
//	b := kojirpc.NewBatch(c)
//	task := b.GetTask(4711)
//	perms := kojirpc.Add[[]string](b, "getUserPerms", "alice")
//	if err := b.Send(ctx); err != nil { … }
//	t, err := task.Get()
type Batch struct {
	caller Caller
	calls  []*Call
}

// NewBatch returns an empty batch of calls on c.
func NewBatch(c Caller) *Batch { return &Batch{caller: c} }

// Send sends the calls added since the last Send. If one of them may change
// something, all are sent as one request, which the hub handles as one transaction;
// a call that fails is rolled back alone. Calls that only read are split into
// requests as Options.Batching says. Send returns an error if a request as a whole
// failed; the error of a single call comes from its [Result.Get].
func (b *Batch) Send(ctx context.Context) error {
	calls := b.calls
	b.calls = nil
	if len(calls) == 0 {
		return nil
	}
	return b.caller.CallAll(ctx, calls)
}

// Result holds the result of one call of a [Batch].
type Result[T any] struct {
	call  *Call
	spec  spec[T]
	value T
	found *T // used instead of value if a nil result means that the object does not exist
}

// Add adds a call to the batch. Its result is decoded as by [CallInto].
func Add[T any](b *Batch, method string, args ...any) *Result[T] {
	return add(b, plain[T](method, args...))
}

func add[T any](b *Batch, s spec[T]) *Result[T] {
	r := newResult(s)
	if s.err == nil {
		b.calls = append(b.calls, r.call)
	}
	return r
}

func newResult[T any](s spec[T]) *Result[T] {
	r := &Result[T]{spec: s, call: &Call{Method: s.method, Args: s.args, Err: ErrNotSent}}
	r.call.Into = &r.value
	if s.absent != nil {
		r.call.Into = &r.found
	}
	return r
}

// Get returns the result or the error of the call. The error is ErrNotSent before
// Send, and if Send failed before it sent the call.
func (r *Result[T]) Get() (T, error) {
	s, err := &r.spec, r.call.Err
	switch {
	case s.err != nil:
		err = s.err
	case err != nil:
	case s.absent == nil:
		return r.value, nil
	case r.found != nil:
		return *r.found, nil
	default:
		err = s.absent
	}
	return *new(T), fmt.Errorf("hub %s: %w", s.label(), err)
}

// The methods below are those of API; see there for their documentation.

// GetTask adds [API.GetTask].
func (b *Batch) GetTask(id int64) *Result[koji.Task] { return add(b, getTask(id)) }

// GetTaskChildren adds [API.GetTaskChildren].
func (b *Batch) GetTaskChildren(id int64) *Result[[]koji.Task] { return add(b, getTaskChildren(id)) }

// ListTasks adds [API.ListTasks].
func (b *Batch) ListTasks(f TaskFilter, q QueryOpts) *Result[[]koji.Task] {
	return add(b, listTasks(f, q))
}

// StatTaskOutput adds [API.StatTaskOutput].
func (b *Batch) StatTaskOutput(id int64) *Result[map[string]OutputFile] {
	return add(b, statTaskOutput(id))
}

// GetBuild adds [API.GetBuild].
func (b *Batch) GetBuild(build koji.Ref) *Result[koji.Build] {
	return add(b, byRef[koji.Build]("getBuild", build))
}

// ListBuilds adds [API.ListBuilds].
func (b *Batch) ListBuilds(f BuildFilter, q QueryOpts) *Result[[]koji.Build] {
	return add(b, listBuilds(f, q))
}

// GetAverageBuildDuration adds [API.GetAverageBuildDuration].
func (b *Batch) GetAverageBuildDuration(pkg koji.Ref, months int) *Result[koji.Opt[time.Duration]] {
	return add(b, averageBuildDuration(pkg, months))
}

// GetPackage adds [API.GetPackage].
func (b *Batch) GetPackage(pkg koji.Ref) *Result[koji.Package] {
	return add(b, byRef[koji.Package]("getPackage", pkg))
}

// GetUser adds [API.GetUser].
func (b *Batch) GetUser(user koji.Ref) *Result[koji.User] {
	return add(b, byRef[koji.User]("getUser", user))
}

// GetTag adds [API.GetTag].
func (b *Batch) GetTag(tag koji.Ref) *Result[koji.Tag] { return add(b, byRef[koji.Tag]("getTag", tag)) }

// GetBuildTargets adds [API.GetBuildTargets].
func (b *Batch) GetBuildTargets(f TargetFilter) *Result[[]koji.Target] {
	return add(b, getBuildTargets(f))
}

// GetChannel adds [API.GetChannel].
func (b *Batch) GetChannel(channel koji.Ref) *Result[koji.Channel] {
	return add(b, byRef[koji.Channel]("getChannel", channel))
}

// GetHost adds [API.GetHost].
func (b *Batch) GetHost(host koji.Ref) *Result[koji.Host] {
	return add(b, byRef[koji.Host]("getHost", host))
}

// ListHosts adds [API.ListHosts].
func (b *Batch) ListHosts(f HostFilter, q QueryOpts) *Result[[]koji.Host] {
	return add(b, listHosts(f, q))
}

// CallAll implements [Caller].
func (c *hubCaller) CallAll(ctx context.Context, calls []*Call) error {
	h := c.hub
	if !h.sender.Calls.Begin() {
		return fmt.Errorf("hub multiCall: %w", ErrClosed)
	}
	defer h.sender.Calls.End()
	h.calls.Add(uint64(len(calls)))
	harmless := true
	pending := make([]*multicall.Call, len(calls))
	for i, call := range calls {
		var err error
		if pending[i], err = multicall.NewCall(call.Method, call.Args); err != nil {
			return fmt.Errorf("hub %s: %w", h.label(call.Method, call.Args), err)
		}
		harmless = harmless && h.isReadOnly(call.Method)
	}
	for len(calls) > 0 {
		n, err := c.batcher.Send(ctx, pending, harmless, func(i int) any { return fresh(calls[i].Into) })
		if err != nil {
			return fmt.Errorf("hub multiCall: %w", err)
		}
		for i, call := range calls[:n] {
			call.Err = pending[i].Err
		}
		calls, pending = calls[n:], pending[n:]
	}
	return nil
}
