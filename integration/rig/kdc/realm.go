package kdc

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
)

const (
	portTries  = 3 // nothing reserves a free port, so it can be lost to another process
	readyLimit = time.Minute
)

// Realm is a Kerberos realm with a running KDC. Close ends it.
type Realm struct {
	layout
	child *proc.Child
	log   *proc.Lines
}

// Option is an option of Launch.
type Option func(*layout)

// Environment sets additional environment variables of the KDC, NAME=value.
func Environment(env ...string) Option {
	return func(l *layout) { l.env = append(l.env, env...) }
}

// Launch creates a realm with its data in dir, which must exist, starts its KDC, and waits
// until the KDC answers.
func Launch(ctx context.Context, dir, realm string, opts ...Option) (*Realm, error) {
	if err := Installed(); err != nil {
		return nil, err
	}
	r := &Realm{layout: layout{dir: dir, realm: realm}}
	for _, o := range opts {
		o(&r.layout)
	}
	if err := r.write(); err != nil {
		return nil, err
	}
	if _, err := r.run(ctx, "kdb5_util", "create", "-r", realm, "-s", "-P", rand.Text()); err != nil {
		return nil, err
	}
	var err error
	for range portTries {
		if err = r.start(ctx); !errors.Is(err, errPortTaken) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

var (
	errPortTaken = errors.New("the port was taken by another process")
	complaint    = regexp.MustCompile(`(?m)^kadmin\.local: |^\w+: .* while `)
	ready        = regexp.MustCompile(`commencing operation|Address already in use`)
)

func (r *Realm) start(ctx context.Context) error {
	var err error
	if r.port, err = port.One(); err != nil {
		return err
	}
	if err := r.write(); err != nil {
		return err
	}
	path, err := lookPath("krb5kdc")
	if err != nil {
		return err
	}
	r.log = &proc.Lines{}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, "-n", "-r", r.realm)
	cmd.Env = append(r.environ(), r.env...)
	cmd.Stdout, cmd.Stderr = r.log, r.log
	if r.child, err = proc.Start(cmd); err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	line, err := r.log.WaitFor(limit, r.child.Done(), ready)
	switch {
	case err != nil:
		err = fmt.Errorf("start krb5kdc: %w; its log:\n%s", err, r.log)
	case strings.Contains(line, "already in use"):
		err = errPortTaken
	default:
		return nil
	}
	r.child.End(ctx)
	return err
}

// Close ends the KDC.
func (r *Realm) Close() { r.child.End(context.Background()) }

// Name returns the name of the realm.
func (r *Realm) Name() string { return r.realm }

// Conf returns the path of a krb5.conf for clients.
func (r *Realm) Conf() string { return r.path("krb5.conf") }

// Log returns what the KDC has written.
func (r *Realm) Log() string { return r.log.String() }

// Principal returns the full name of a principal of this realm.
func (r *Realm) Principal(name string) string { return name + "@" + r.realm }

// AddPrincipals creates principals with random keys.
func (r *Realm) AddPrincipals(ctx context.Context, names ...string) error {
	for _, name := range names {
		if err := r.admin(ctx, "addprinc", "-randkey", name); err != nil {
			return err
		}
	}
	return nil
}

// Keytab writes new keys of principals to a new file. Earlier keytabs of the same
// principals become invalid.
func (r *Realm) Keytab(ctx context.Context, path string, principals ...string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("keytab %s: file already exists", path)
	}
	return r.admin(ctx, append([]string{"ktadd", "-k", path}, principals...)...)
}

// admin runs a command of kadmin.
func (r *Realm) admin(ctx context.Context, command ...string) error {
	// Its exit status is always 0, so look for errors in its output.
	out, err := r.run(ctx, "kadmin.local", append([]string{"-r", r.realm}, command...)...)
	if err == nil && complaint.MatchString(out) {
		err = fmt.Errorf("kadmin.local %s: %s", strings.Join(command, " "), strings.TrimSpace(out))
	}
	return err
}

// Kinit gets a ticket with a keytab and stores it in a credential cache, such as FILE:path
// or DIR:directory. args are additional arguments of kinit.
func (r *Realm) Kinit(ctx context.Context, cache, keytab, principal string, args ...string) error {
	args = append([]string{"-c", cache, "-k", "-t", keytab}, args...)
	_, err := r.run(ctx, "kinit", append(args, principal)...)
	return err
}

// run runs a program in the realm and returns its output.
func (r *Realm) run(ctx context.Context, program string, args ...string) (string, error) {
	path, err := lookPath(program)
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = r.environ()
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(path), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}
