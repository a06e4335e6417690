//go:build integration

package main

import (
	"context"
	"testing"
)

func TestCommandFindsTheBrokerAndGivesTheExitStatus(t *testing.T) {
	const script = `case "$KOJIWATCH_TEST_AMQP_URL $KOJIWATCH_TEST_ADMIN_URL" in "amqp://"*" http://"*) exit 7;; esac`
	code, err := run(t.Context(), []string{"sh", "-c", script})
	if err != nil || code != 7 {
		t.Errorf("exit status %d, %v; want 7", code, err)
	}
}

func TestInterruptedBeforeItIsUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := run(ctx, nil); err == nil {
		t.Error("no error")
	}
}
