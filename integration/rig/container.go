package rig

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
)

const (
	brokerVariable = "KOJIWATCH_TEST_BROKER"
	imageVariable  = "KOJIWATCH_TEST_RABBITMQ_IMAGE"

	inContainer   = "container"             // the value of brokerVariable
	officialImage = "rabbitmq:4-management" // if imageVariable names no other
	modulePath    = "github.com/kojiwatch/kojiwatch"
	containerDir  = "integration/container" // of the program, in the module's folder
)

// given reports whether the tests use a broker that is given by its URL.
func given() bool {
	return os.Getenv(amqpVariable) != "" && os.Getenv(brokerVariable) != inContainer
}

// containers reports whether the tests start their brokers in containers.
func containers() bool {
	return os.Getenv(brokerVariable) == inContainer || rabbit.Installed() != nil
}

// launchIn starts a private broker with its files in a folder, or in a container.
func (s *suite) launchIn(ctx context.Context, dir string, opts []rabbit.Option) (server, error) {
	if kind := os.Getenv(brokerVariable); kind != "" && kind != inContainer {
		return nil, fmt.Errorf("%s=%s: want %s or nothing", brokerVariable, kind, inContainer)
	}
	if !containers() {
		return rabbit.Launch(ctx, dir, opts...)
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", modulePath).Output()
	if err != nil {
		return nil, fmt.Errorf("find the module's folder: %w", err)
	}
	program, err := s.program(ctx, moduleOf+filepath.Join(strings.TrimSpace(string(root)), containerDir))
	if err != nil {
		return nil, err
	}
	b, err := rabbit.LaunchContainer(ctx, dir, program, cmp.Or(os.Getenv(imageVariable), officialImage), opts...)
	if err == nil {
		return b, nil
	}
	if missing := rabbit.Installed(); missing != nil {
		err = fmt.Errorf("%w; and no broker without a container, for %w", err, missing)
	}
	return nil, err
}
