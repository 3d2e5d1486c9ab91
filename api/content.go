package api

import (
	"context"

	"heraut/content"
)

// ListContent answers GET /v1/content.
func (h *handlers) ListContent(ctx context.Context, r ListContentRequestObject) (ListContentResponseObject, error) {
	p, err := h.page("content", nil, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.Content.ListAssets(ctx, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListContent200JSONResponse{Items: shown(page.Items, showAsset), NextCursor: next}, err
}

// GetGroupContent answers GET /v1/groups/{id}/content.
func (h *handlers) GetGroupContent(ctx context.Context, r GetGroupContentRequestObject) (GetGroupContentResponseObject, error) {
	set, err := h.d.Content.Content(ctx, content.Owner{GroupID: r.ID})
	return GetGroupContent200JSONResponse(showContent(set)), err
}

// PutGroupContent answers PUT /v1/groups/{id}/content.
func (h *handlers) PutGroupContent(ctx context.Context, r PutGroupContentRequestObject) (PutGroupContentResponseObject, error) {
	set, err := h.putContent(ctx, content.Owner{GroupID: r.ID}, *r.Body)
	return PutGroupContent200JSONResponse(set), err
}

// GetUserContent answers GET /v1/users/{id}/content.
func (h *handlers) GetUserContent(ctx context.Context, r GetUserContentRequestObject) (GetUserContentResponseObject, error) {
	set, err := h.d.Content.Content(ctx, content.Owner{UserID: r.ID})
	return GetUserContent200JSONResponse(showContent(set)), err
}

// PutUserContent answers PUT /v1/users/{id}/content.
func (h *handlers) PutUserContent(ctx context.Context, r PutUserContentRequestObject) (PutUserContentResponseObject, error) {
	set, err := h.putContent(ctx, content.Owner{UserID: r.ID}, *r.Body)
	return PutUserContent200JSONResponse(set), err
}

func (h *handlers) putContent(ctx context.Context, o content.Owner, body ContentSetPut) (ContentSet, error) {
	choices := shown(body.Items, func(r ContentRef) content.Choice {
		c := content.Choice{AssetRef: content.AssetRef{AdamID: r.AdamID, Pricing: content.PricingStandard}, Location: valueOf(r.Location)}
		if r.Pricing != nil {
			c.Pricing = string(*r.Pricing)
		}
		return c
	})
	set, err := h.d.Content.PutContent(ctx, actor(ctx), o, choices)
	if err != nil {
		return ContentSet{}, err
	}
	h.office.ContentChanged(ctx)
	return showContent(set), nil
}

func showContent(set []content.Asset) ContentSet { return ContentSet{Items: shown(set, showAsset)} }

func showAsset(a content.Asset) ContentAsset {
	return ContentAsset{
		Location: a.Location, AdamID: a.AdamID, Pricing: Pricing(a.Pricing), Type: AssetType(a.Type), Name: orNull[string](a.Name), Revocable: a.Revocable,
		Total: a.Total, Used: a.Assigned, Available: a.Available, Waiting: a.Waiting, UpdatedAt: a.UpdatedAt.UTC(),
	}
}

func showForecast(f content.Forecast) LicenseForecast {
	return LicenseForecast{Location: f.Location, AdamID: f.AdamID, Pricing: Pricing(f.Pricing), Needed: f.Needed, Available: f.Available}
}
