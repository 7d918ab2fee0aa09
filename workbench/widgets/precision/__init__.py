"""What lesson 8 draws: formats, casts, gradients under a scale, a scaler at work, memory."""
