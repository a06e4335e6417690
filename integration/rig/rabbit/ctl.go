package rabbit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
)

// Ctl runs rabbitmqctl against the server and returns its output. It takes about half a
// second.
func (s *Server) Ctl(ctx context.Context, args ...string) ([]byte, error) {
	s.ctlMu.Lock()
	defer s.ctlMu.Unlock()
	var out, problem bytes.Buffer
	cmd := exec.CommandContext(ctx, s.ctlPath, append([]string{"--quiet"}, args...)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, s.environ(), &out, &problem
	if err := cmd.Run(); err != nil {
		text := strings.TrimSpace(problem.String() + out.String())
		return nil, fmt.Errorf("rabbitmqctl %s: %w: %s", args[0], err, text)
	}
	return out.Bytes(), nil
}

// commands queries a broker by running rabbitmqctl with arguments.
type commands func(ctx context.Context, args ...string) ([]byte, error)

// QueueStats queries the queue itself, so the counts are current.
func (ctl commands) QueueStats(ctx context.Context, vhost, name string) (QueueStats, error) {
	var all []QueueStats
	err := ctl.list(ctx, &all, "list_queues", "--vhost", vhost,
		"name", "type", "messages_ready", "messages_unacknowledged", "consumers")
	if err != nil {
		return QueueStats{}, err
	}
	for _, q := range all {
		if q.Name == name {
			return q, nil
		}
	}
	return QueueStats{}, fmt.Errorf("queue %s in vhost %s: %w", name, vhost, ErrNotFound)
}

// Connections lists the clients that are connected to a vhost now.
func (ctl commands) Connections(ctx context.Context, vhost string) ([]Connection, error) {
	var all []struct {
		Connection
		Properties [][]any `json:"client_properties"` // name, type, value
	}
	err := ctl.list(ctx, &all, "list_connections", "name", "vhost", "user", "state", "client_properties")
	if err != nil {
		return nil, err
	}
	var found []Connection
	for _, c := range all {
		if c.VHost != vhost {
			continue
		}
		for _, property := range c.Properties {
			if len(property) == 3 && property[0] == "connection_name" {
				c.ClientName, _ = property[2].(string)
			}
		}
		found = append(found, c.Connection)
	}
	return found, nil
}

// CloseConnection has the server close a connection, giving the client the
// reason.
func (ctl commands) CloseConnection(ctx context.Context, name, reason string) error {
	// Only the plain format prints process IDs in the form that close_connection takes.
	out, err := ctl(ctx, "list_connections", "pid", "name")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(out)) {
		pid, found, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if found == name {
			_, err := ctl(ctx, "close_connection", pid, reason)
			return err
		}
	}
	return fmt.Errorf("connection %s: %w", name, ErrNotFound)
}

func (ctl commands) list(ctx context.Context, into any, args ...string) error {
	out, err := ctl(ctx, append([]string{"--formatter", "json"}, args...)...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("rabbitmqctl %s: %w", args[0], err)
	}
	return nil
}
