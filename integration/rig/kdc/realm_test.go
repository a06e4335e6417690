//go:build integration

package kdc_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/kdc"
)

func TestMain(m *testing.M) { rig.Main(m) }

func TestRealm(t *testing.T) {
	ctx := t.Context()
	r, err := kdc.Launch(ctx, rig.TempDir(t), "KOJI.TEST")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.AddPrincipals(ctx, "alice", "HTTP/localhost"); err != nil {
		t.Fatal(err)
	}
	dir := rig.TempDir(t)
	keytab := filepath.Join(dir, "alice.keytab")
	if err := r.Keytab(ctx, keytab, "alice"); err != nil {
		t.Fatal(err)
	}
	for _, cache := range []string{"FILE:" + filepath.Join(dir, "cache"), "DIR:" + filepath.Join(dir, "caches")} {
		if err := r.Kinit(ctx, cache, keytab, "alice"); err != nil {
			t.Errorf("%s: %v", cache, err)
		}
	}
	for _, name := range []string{"cache", "caches/primary"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(r.Log(), "AS_REQ") {
		t.Errorf("the KDC has seen no request:\n%s", r.Log())
	}
}

func TestRealmErrors(t *testing.T) {
	ctx := t.Context()
	r, err := kdc.Launch(ctx, rig.TempDir(t), "KOJI.TEST")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.AddPrincipals(ctx, "alice"); err != nil {
		t.Fatal(err)
	}
	if err := r.AddPrincipals(ctx, "alice"); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("a principal twice: %v", err)
	}
	dir := rig.TempDir(t)
	old := filepath.Join(dir, "old.keytab")
	if err := r.Keytab(ctx, filepath.Join(dir, "x.keytab"), "nobody"); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a keytab of nobody: %v", err)
	}
	if err := r.Keytab(ctx, old, "alice"); err != nil {
		t.Fatal(err)
	}
	if err := r.Keytab(ctx, old, "alice"); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("a keytab over another: %v", err)
	}
	if err := r.Keytab(ctx, filepath.Join(dir, "new.keytab"), "alice"); err != nil {
		t.Fatal(err)
	}
	cache := "FILE:" + filepath.Join(dir, "cache")
	if err := r.Kinit(ctx, cache, old, "alice"); err == nil || !strings.Contains(err.Error(), "Preauthentication failed") {
		t.Errorf("an old keytab: %v", err)
	}
}
