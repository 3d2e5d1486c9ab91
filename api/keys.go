package api

import (
	"context"

	"heraut/fault"
	"heraut/people"
)

// ListKeys answers GET /v1/keys.
func (h *handlers) ListKeys(ctx context.Context, r ListKeysRequestObject) (ListKeysResponseObject, error) {
	p, err := h.page("keys", nil, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.Keys.ListKeys(ctx, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListKeys200JSONResponse{Items: shown(page.Items, showKey), NextCursor: next}, err
}

// CreateKey answers POST /v1/keys. The secret of a key whose answer was lost
// is lost too: that key is withdrawn and another is made.
func (h *handlers) CreateKey(ctx context.Context, r CreateKeyRequestObject) (CreateKeyResponseObject, error) {
	if id, made := madeBefore(ctx, "key"); made {
		if err := h.d.Keys.RevokeKey(ctx, actor(ctx), id); err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	key, secret, err := h.d.Keys.CreateKey(ctx, actor(ctx), people.APIKey{Name: r.Body.Name, Role: people.Role(r.Body.Role)})
	if err != nil {
		return nil, err
	}
	return CreateKey201JSONResponse{
		Body:    NewKey{ID: key.ID, Name: key.Name, Role: Role(key.Role), CreatedAt: key.CreatedAt.UTC(), Key: secret},
		Headers: CreateKey201ResponseHeaders{Location: "/v1/keys/" + key.ID},
	}, nil
}

// DeleteKey answers DELETE /v1/keys/{id}.
func (h *handlers) DeleteKey(ctx context.Context, r DeleteKeyRequestObject) (DeleteKeyResponseObject, error) {
	if err := h.d.Keys.RevokeKey(ctx, actor(ctx), r.ID); err != nil {
		return nil, err
	}
	return DeleteKey204Response{}, nil
}

func showKey(k people.APIKey) Key {
	return Key{
		ID: k.ID, Name: k.Name, Role: Role(k.Role), CreatedAt: k.CreatedAt.UTC(), LastUsedAt: timeOrNull(k.LastUsedAt),
	}
}
