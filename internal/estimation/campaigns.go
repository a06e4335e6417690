package estimation

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
)

// campaignEstimates are the estimates that the ends of campaigns go by.
type campaignEstimates struct{ *estimates.Estimator }

// ForCampaigns returns the source of estimates for campaigns; nil if nothing is estimated.
func (d *Service) ForCampaigns() campaign.Estimates {
	if d == nil {
		return nil
	}
	return campaignEstimates{d.estimator}
}

// Task implements campaign.Estimates.
func (c campaignEstimates) Task(task int64, now time.Time) campaign.Estimate {
	e, _ := c.Lookup(task, now)
	return campaign.Estimate{At: e.CompletionAt, Low: e.Low, High: e.High, Overdue: e.Overdue}
}

// Package implements campaign.Estimates.
func (c campaignEstimates) Package(name string) time.Duration { return c.Average(name) }
